package dev.tokencache.operator.console;

import dev.tokencache.redis.Time;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Sends the live part of a page as server-sent events while a browser looks at it. A part that cannot be made is left out: the
 * page then shows that its values are old.
 */
final class LiveStreams {

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** Each costs a rendered page per second. */
    private static final int MAX_STREAMS = 50;

    private final Time time;
    private final AtomicInteger open = new AtomicInteger();

    LiveStreams(Time time) {
        this.time = time;
    }

    /**
     * On the event loop of the connection.
     *
     * @param isAdmitted checked before each event; the stream ends when it is false
     */
    void start(RoutingContext context, BooleanSupplier isAdmitted, Supplier<Uni<TemplateInstance>> part) {
        HttpServerResponse response = context.response();
        if (open.incrementAndGet() > MAX_STREAMS) {
            open.decrementAndGet();
            response.setStatusCode(503).putHeader(HttpHeaders.RETRY_AFTER, "10").end();
            return;
        }
        response.setChunked(true).putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream");
        AtomicBoolean isRendering = new AtomicBoolean();
        Time.Timer timer = time.scheduleEvery(PERIOD, () -> {
            if (isAdmitted.getAsBoolean()) {
                send(response, part, isRendering);
            } else {
                response.end();
            }
        });
        context.addEndHandler(ended -> {
            timer.cancel();
            open.decrementAndGet();
        });
        send(response, part, isRendering);
    }

    private static void send(
            HttpServerResponse response, Supplier<Uni<TemplateInstance>> part, AtomicBoolean isRendering) {
        if (response.closed() || response.writeQueueFull() || !isRendering.compareAndSet(false, true)) {
            return;
        }
        part.get()
                .chain(TemplateInstance::createUni)
                .onTermination()
                .invoke(() -> isRendering.set(false))
                .subscribe()
                .with(html -> write(response, html), failure -> {});
    }

    /** Each line of the event has its own field (HTML standard, section 9.2). */
    private static void write(HttpServerResponse response, String html) {
        if (!response.closed() && !response.ended()) {
            response.write("event: live\ndata: " + html.strip().replaceAll("\\R", "\ndata: ") + "\n\n");
        }
    }
}
