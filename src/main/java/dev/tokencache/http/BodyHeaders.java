package dev.tokencache.http;

import dev.tokencache.http.error.Problem;
import dev.tokencache.http.error.ProblemException;
import dev.tokencache.http.json.ContentTooLargeException;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jboss.resteasy.reactive.server.spi.ServerHttpRequest;

/** Checks the headers that describe the body of a request. */
public final class BodyHeaders {

    private static final int UNSUPPORTED_MEDIA_TYPE = 415;

    private BodyHeaders() {}

    /** Whether the request may have a body (RFC 9112 section 6.3). Over HTTP/2, a body may follow without any header. */
    static boolean announceBody(ServerHttpRequest request) {
        String length = request.getRequestHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? !request.isRequestEnded() && !endsWithItsHeaders(request) : !length.equals("0");
    }

    private static boolean endsWithItsHeaders(ServerHttpRequest request) {
        return !request.containsRequestHeader("Transfer-Encoding")
                && request.getRequestHeader(HttpHeaders.CONTENT_TYPE) == null;
    }

    /**
     * Checks the media type and the length.
     *
     * @throws ProblemException unless the body has the right media type, in UTF-8 and uncompressed
     * @throws ContentTooLargeException if the body is longer than its limit
     */
    static void check(ServerHttpRequest request, Body body) {
        List<String> types = request.getAllRequestHeaders(HttpHeaders.CONTENT_TYPE);
        if (types.size() != 1 || !isAcceptable(types.get(0), body.value())) {
            throw unsupported("Content-Type must be " + body.value());
        }
        if (request.containsRequestHeader(HttpHeaders.CONTENT_ENCODING)) {
            throw unsupported("Content-Encoding must be left out");
        }
        String length = request.getRequestHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            // The server has checked that it is a number, which may not fit a long.
            BodyFilter.checkLength(length.length() > 18 ? Long.MAX_VALUE : Long.parseLong(length), body.limit());
        }
    }

    private static ProblemException unsupported(String detail) {
        return new ProblemException(Problem.ofStatus(UNSUPPORTED_MEDIA_TYPE, detail));
    }

    /**
     * Whether a {@code Content-Type} names a media type, and for JSON no charset except UTF-8, which is spelled {@code utf8},
     * too (RFC 8259 section 8.1). A form is ASCII with percent-encoded bytes: the charset that some clients add has no meaning.
     */
    public static boolean isAcceptable(String contentType, String mediaType) {
        if (contentType.equals(mediaType)) {
            return true;
        }
        String[] parts = contentType.split(";", -1);
        return parts[0].trim().equalsIgnoreCase(mediaType)
                && (!mediaType.equals(Body.JSON)
                        || Arrays.stream(parts).skip(1).allMatch(BodyHeaders::isNoOtherCharset));
    }

    private static boolean isNoOtherCharset(String parameter) {
        String normalized = parameter.trim().toLowerCase(Locale.ROOT).replace("\"", "");
        return !normalized.startsWith("charset=")
                || normalized.equals("charset=utf-8")
                || normalized.equals("charset=utf8");
    }
}
