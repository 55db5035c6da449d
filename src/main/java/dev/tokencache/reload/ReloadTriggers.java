package dev.tokencache.reload;

import dev.tokencache.redis.Time;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import sun.misc.Signal;

/** Reloads when a file has changed and when the process receives SIGHUP, on a worker thread. Thread-safe. */
public final class ReloadTriggers {

    private static final Logger LOG = Logger.getLogger(ReloadTriggers.class);
    private static final Duration PERIOD = Duration.ofSeconds(5);
    /** A file that is written takes less. */
    private static final Duration RECHECK = Duration.ofMillis(50);

    private final Reload reload;
    private final Vertx vertx;
    private final Time time;
    private final AtomicBoolean isChecking = new AtomicBoolean();

    ReloadTriggers(Reload reload, Vertx vertx, Time time) {
        this.reload = reload;
        this.vertx = vertx;
        this.time = time;
    }

    void start() {
        time.scheduleEvery(PERIOD, this::check);
        try {
            Signal.handle(new Signal("HUP"), received -> reload().onFailure(this::report));
        } catch (IllegalArgumentException unavailable) {
            LOG.debug("SIGHUP does not reload the configuration: the process was started to ignore it");
        }
    }

    /** Reloads. */
    public Future<Reload.Outcome> reload() {
        return vertx.executeBlocking(reload::reload, false);
    }

    /** By kind: equal for instances with the same values. Reveals nothing about them. */
    public Map<String, Long> fingerprints() {
        return reload.fingerprints();
    }

    /** Reloads if a file has changed. Calls during a check start no other. */
    void check() {
        if (!isChecking.compareAndSet(false, true)) {
            return;
        }
        vertx.executeBlocking(reload::check, false).onFailure(this::report).onComplete(checked -> {
            if (checked.succeeded() && checked.result()) {
                time.schedule(RECHECK, () -> {
                    isChecking.set(false);
                    check();
                });
            } else {
                isChecking.set(false);
            }
        });
    }

    private void report(Throwable failure) {
        LOG.error("Configuration not reloaded", failure);
    }
}
