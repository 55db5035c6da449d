package dev.tokencache.http.connection;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;

/**
 * Limits a request over HTTP/2 as {@link ConnectionGuard} limits one over HTTP/1.1. The other streams of the connection go on.
 * Thread-safe.
 */
public final class StreamGuard {

    /** The overhead of a header, in addition to its name and value (RFC 9113 section 6.5.2). */
    private static final int HEADER_OVERHEAD = 32;

    private static final long NO_ERROR = 0;

    private final int maxHeaderSize;
    private final Duration deadline;

    public StreamGuard() {
        this(HttpTransport.maxHeaderSize(), ConnectionGuard.DEADLINE);
    }

    StreamGuard(int maxHeaderSize, Duration deadline) {
        this.maxHeaderSize = maxHeaderSize;
        this.deadline = deadline;
    }

    /** Whether a request may be handled. Answers it if not. */
    public boolean admits(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.version() != HttpVersion.HTTP_2) {
            return true;
        }
        if (headerSize(request) > maxHeaderSize) {
            context.fail(431);
            return false;
        }
        if (!request.isEnded()) {
            limitBody(context, request);
        }
        return true;
    }

    private static int headerSize(HttpServerRequest request) {
        int size = request.uri().length();
        for (Map.Entry<String, String> header : request.headers()) {
            size += header.getKey().length() + header.getValue().length() + HEADER_OVERHEAD;
        }
        return size;
    }

    private void limitBody(RoutingContext context, HttpServerRequest request) {
        HttpServerResponse response = request.response();
        long timer = context.vertx().setTimer(deadline.toMillis(), late -> {
            if (!request.isEnded() && !response.ended()) {
                context.fail(408);
            }
        });
        context.addEndHandler(ended -> {
            context.vertx().cancelTimer(timer);
            // The rest of a body would fill the window of the connection.
            if (!request.isEnded()) {
                response.reset(NO_ERROR);
            }
        });
    }
}
