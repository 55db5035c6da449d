package dev.tokencache.http.connection;

import dev.tokencache.http.error.Problem;
import dev.tokencache.http.error.ProblemException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpConstants;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes requests, and refuses what another server on their path could read differently (RFC 9112): two hosts, a coding
 * other than {@code chunked}, folded lines. A refused request has a failed {@link DecoderResult}, and nothing follows it.
 */
final class RequestDecoder extends HttpRequestDecoder {

    private static final String CHUNKED = "chunked";

    /** The characters of a host and port, except letters and digits (RFC 3986 section 3.2.2), and no comma. */
    private static final String HOST_PUNCTUATION = "-._~!$&'()*+;=:[]%";

    private final boolean ignoreUpgrade;

    /** Whether the request line of the current request has been read, and its headers have not. */
    private boolean inHeaders;

    private boolean inBody;
    private boolean refused;

    RequestDecoder(int maxLineLength, int maxHeaderSize, boolean ignoreUpgrade) {
        super(new HttpDecoderConfig().setMaxInitialLineLength(maxLineLength).setMaxHeaderSize(maxHeaderSize));
        this.ignoreUpgrade = ignoreUpgrade;
    }

    /** Whether the line or the headers of a request have arrived in part. */
    boolean isInHead() {
        return !inBody && (inHeaders || actualReadableBytes() > 0);
    }

    @Override
    protected HttpMessage createMessage(String[] line) {
        inHeaders = true;
        return new DefaultHttpRequest(
                HttpVersion.valueOf(line[2]), HttpMethod.valueOf(line[0]), line[1], HeadersMultiMap.httpHeaders());
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (!inBody && hasFoldedLine(in)) {
            HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
            refuse(request, refusal(400, "a line of the headers must not begin with a blank"));
            out.add(request);
            in.skipBytes(in.readableBytes());
            return;
        }
        int before = out.size();
        super.decode(ctx, in, out);
        for (int i = before; i < out.size(); i++) {
            Object message = out.get(i);
            // Asks for the decoder's classes, not for interfaces: the JVM caches one interface of a class, for all
            // threads.
            if (message instanceof DefaultHttpRequest request) {
                inHeaders = false;
                inBody = true;
                check(request);
            } else if (message == LastHttpContent.EMPTY_LAST_CONTENT || message instanceof DefaultLastHttpContent) {
                inBody = false;
            }
        }
    }

    /** Whether a line of the head that starts here, or is partly read, begins with a blank. Lines are read as a whole. */
    private boolean hasFoldedLine(ByteBuf in) {
        boolean requestLineRead = inHeaders;
        int line = in.readerIndex();
        while (line >= 0 && line < in.writerIndex()) {
            byte first = in.getByte(line);
            if (first == ' ' || first == '\t') {
                return true;
            }
            boolean empty = first == HttpConstants.CR || first == HttpConstants.LF;
            if (empty && requestLineRead) {
                return false;
            }
            requestLineRead |= !empty;
            line = in.indexOf(line, in.writerIndex(), HttpConstants.LF) + 1;
            if (line == 0) {
                return false;
            }
        }
        return false;
    }

    private void check(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return;
        }
        ProblemException refusal = refusalOf(request);
        if (refusal != null) {
            refuse(request, refusal);
            return;
        }
        HttpHeaders headers = request.headers();
        if (headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true)) {
            // Vert.x overlooks it in a list, and would keep the connection.
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        if (ignoreUpgrade) {
            headers.remove(HttpHeaderNames.UPGRADE);
        }
    }

    private void refuse(HttpRequest request, ProblemException refusal) {
        refused = true;
        request.setDecoderResult(DecoderResult.failure(refusal));
    }

    private static @Nullable ProblemException refusalOf(HttpRequest request) {
        HttpHeaders headers = request.headers();
        boolean http11 = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        if (!http11 && !request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            return refusal(505, "the version must be HTTP/1.1");
        }
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && http11)) {
            return refusal(400, "there must be one Host header");
        }
        if (!hosts.isEmpty() && !isHost(hosts.get(0))) {
            return refusal(400, "Host must be a name or an address, with or without a port");
        }
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
            if (codings.size() > 1 || !codings.get(0).equalsIgnoreCase(CHUNKED)) {
                return refusal(400, "Transfer-Encoding must be chunked");
            }
        }
        if (headers.contains("")) {
            return refusal(400, "a header must have a name");
        }
        // Netty would take the next eight bytes for the body of a web socket's handshake.
        return headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1)
                ? refusal(400, "Sec-WebSocket-Key1 is obsolete")
                : null;
    }

    private static ProblemException refusal(int status, String detail) {
        return new ProblemException(Problem.ofStatus(status, detail));
    }

    private static boolean isHost(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
                    && HOST_PUNCTUATION.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
