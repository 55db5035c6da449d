package dev.tokencache.http.connection;

import dev.tokencache.http.error.ErrorDialect;
import dev.tokencache.http.error.ErrorMapper;
import dev.tokencache.http.error.Problem;
import dev.tokencache.http.error.ProblemException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpObject;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the requests of an HTTP/1.1 connection apart, and limits how long each may take to arrive.
 *
 * <ul>
 *   <li>A response that starts before the whole body has arrived says {@code Connection: close}. The rest of the body is
 *       discarded, and no further request is read (RFC 9112 section 9.3).
 *   <li>A malformed request is answered with an error document, after the responses to the requests before it, and ends the
 *       connection.
 *   <li>The headers and the body each have a deadline, however steadily their bytes arrive.
 *   <li>An error response without a body, such as the framework's for a bad URI, gets one, too.
 * </ul>
 *
 * <p>Confined to the event loop of its connection.
 */
final class ConnectionGuard extends ChannelDuplexHandler {

    static final Duration DEADLINE = Duration.ofSeconds(10);

    /** How long to discard input after the last response. To close earlier would reset the connection and lose the response. */
    private static final long LINGER_SECONDS = 5;

    /** How many parts of a body to collect before the request is passed on. They are in memory already. */
    private static final int MAX_HELD = 16;

    private final RequestDecoder decoder;

    /** A request that arrived in the current read, and has not been passed on: most requests are passed on as a whole. */
    private @Nullable DefaultHttpRequest heldRequest;

    /** The parts of a body that arrived in the current read, without the last one. */
    private final Queue<Object> heldBody = new ArrayDeque<>(0);

    /** The target of the newest request that was passed on or refused. */
    private String target = "/";

    /** Whether that request has the method HEAD. */
    private boolean head;

    /** The number of requests that were passed on and whose response has not ended. */
    private int unanswered;

    /** Whether the newest request has a body that has not arrived completely. */
    private boolean inBody;

    /** Whether all further input is discarded. */
    private boolean deaf;

    /** Whether the last response has been written. */
    private boolean mute;

    /** The answer to a malformed or late request. It waits for the responses to the requests before it. */
    private @Nullable Problem refusal;

    private @Nullable ScheduledFuture<?> deadline;

    ConnectionGuard(RequestDecoder decoder) {
        this.decoder = decoder;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (deaf) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof DefaultHttpObject part && part.decoderResult().isFailure()) {
            if (part instanceof DefaultHttpRequest request) {
                see(request);
            }
            ReferenceCountUtil.release(part);
            refuse(ctx, problemOf(part.decoderResult().cause()));
            return;
        }
        // The decoder's classes, not interfaces: see RequestDecoder.
        if (message instanceof DefaultHttpRequest request) {
            heldRequest = request;
            inBody = true;
            cancelDeadline();
            return;
        }
        if (message == LastHttpContent.EMPTY_LAST_CONTENT || message instanceof DefaultLastHttpContent) {
            inBody = false;
            cancelDeadline();
            passOn(ctx);
            ctx.fireChannelRead(message);
            return;
        }
        heldBody.add(message);
        if (heldBody.size() > MAX_HELD) {
            passOn(ctx);
        }
    }

    private void passOn(ChannelHandlerContext ctx) {
        DefaultHttpRequest request = heldRequest;
        if (request != null) {
            heldRequest = null;
            unanswered++;
            see(request);
            ctx.fireChannelRead(request);
        }
        for (Object part = heldBody.poll(); part != null; part = heldBody.poll()) {
            ctx.fireChannelRead(part);
        }
    }

    private void see(HttpRequest request) {
        head = request.method().equals(HttpMethod.HEAD);
        target = request.uri();
    }

    private void discardHeld() {
        heldRequest = null;
        heldBody.forEach(ReferenceCountUtil::release);
        heldBody.clear();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        passOn(ctx);
        if (!deaf && deadline == null && (inBody || decoder.isInHead())) {
            deadline = ctx.executor().schedule(() -> late(ctx), DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
        ctx.fireChannelReadComplete();
    }

    private void late(ChannelHandlerContext ctx) {
        deadline = null;
        if (!deaf) {
            refuse(ctx, Problem.ofStatus(408, "a request must arrive within " + DEADLINE.toSeconds() + " seconds"));
        }
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private static Problem problemOf(Throwable cause) {
        if (cause instanceof ProblemException known) {
            return ErrorMapper.problemOf(known);
        }
        if (cause instanceof TooLongHttpLineException) {
            return Problem.ofStatus(414);
        }
        return Problem.ofStatus(cause instanceof TooLongFrameException ? 431 : 400);
    }

    private void refuse(ChannelHandlerContext ctx, Problem problem) {
        if (heldRequest != null) {
            see(heldRequest);
            inBody = false;
        }
        discardHeld();
        deaf = true;
        refusal = problem;
        writeRefusal(ctx);
    }

    private void writeRefusal(ChannelHandlerContext ctx) {
        // If the fault is in its body, the newest request was passed on, and this is its response.
        if (refusal == null || unanswered > (inBody ? 1 : 0)) {
            return;
        }
        FullHttpResponse response = response(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(refusal.status()),
                HeadersMultiMap.httpHeaders().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE),
                refusal);
        end(ctx, ctx.writeAndFlush(response));
    }

    private FullHttpResponse response(
            HttpVersion version, HttpResponseStatus status, HttpHeaders headers, Problem problem) {
        ErrorDialect dialect = ErrorDialect.of(target);
        byte[] document = dialect.body(problem);
        headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set(HttpHeaderNames.CONTENT_TYPE, dialect.mediaType())
                .set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(document.length));
        ByteBuf body = head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(document);
        return new DefaultFullHttpResponse(version, status, body, headers, EmptyHttpHeaders.INSTANCE);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (mute) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        // Most are of this type. To ask for one interface is cheaper than for several: see RequestDecoder.
        if (message instanceof FullHttpResponse response && !isInterim(response)) {
            closeIfEarly(response);
            writeLast(ctx, explained(response), promise);
        } else if (message instanceof HttpResponse response) {
            if (!isInterim(response)) {
                closeIfEarly(response);
            }
            ctx.write(response, promise);
        } else if (message instanceof LastHttpContent) {
            writeLast(ctx, message, promise);
        } else {
            ctx.write(message, promise);
        }
    }

    /** Whether another response to the same request follows (RFC 9110 section 15.2). */
    private static boolean isInterim(HttpResponse response) {
        return response.status().code() < 200;
    }

    private void closeIfEarly(HttpResponse response) {
        if (inBody && unanswered == 1) {
            deaf = true;
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    private void writeLast(ChannelHandlerContext ctx, Object part, ChannelPromise promise) {
        unanswered--;
        if (deaf && refusal == null && unanswered == 0) {
            end(ctx, ctx.write(part, promise.unvoid()));
        } else {
            ctx.write(part, promise);
            writeRefusal(ctx);
        }
    }

    /** The response, with an error document if it is an error without a body. */
    private FullHttpResponse explained(FullHttpResponse response) {
        if (response.status().code() < 400
                || unanswered > 1
                || response.content().isReadable()) {
            return response;
        }
        response.release();
        return response(
                response.protocolVersion(),
                response.status(),
                response.headers(),
                Problem.ofStatus(response.status().code()));
    }

    /** Ends the connection: half-closes it after the last response, and discards input until the client closes it. */
    private void end(ChannelHandlerContext ctx, ChannelFuture lastResponse) {
        mute = true;
        cancelDeadline();
        deadline = ctx.executor()
                .schedule(
                        () -> {
                            ctx.close();
                        },
                        LINGER_SECONDS,
                        TimeUnit.SECONDS);
        // Vert.x may have paused the connection.
        ctx.channel().config().setAutoRead(true);
        lastResponse.addListener(written -> halfClose(ctx));
    }

    private static void halfClose(ChannelHandlerContext ctx) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (ctx.channel() instanceof DuplexChannel tcp) {
            tcp.shutdownOutput();
        }
    }

    /** Leaves the connection open while it ends: to close it with unread input would reset it. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (mute && ctx.channel().isActive()) {
            ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
        } else {
            ctx.close(promise);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        cancelDeadline();
        discardHeld();
    }
}
