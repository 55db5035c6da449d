package dev.tokencache.operator.drill.live;

import dev.tokencache.operator.drill.Drill;
import dev.tokencache.operator.drill.DrillReport;
import dev.tokencache.operator.drill.DrillState;
import dev.tokencache.operator.drill.Gate;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The drill that runs in this instance, at most one. Ends it when the instance shuts down. Thread-safe. */
@Singleton
final class RunningDrill {

    private static final Logger LOG = Logger.getLogger(RunningDrill.class);
    private static final Duration END = Duration.ofSeconds(20);

    private volatile @Nullable DrillState latest;
    private @Nullable Drill running;
    private @Nullable Thread thread;
    private boolean isStopping;

    /** Runs a drill on this thread. Throws {@link Gate.Refused} if another one runs, or the instance shuts down. */
    DrillReport run(Drill drill) {
        synchronized (this) {
            if (isStopping || running != null) {
                throw new Gate.Refused(List.of(
                        isStopping ? "the instance is shutting down" : "lease: another drill runs in this instance"));
            }
            running = drill;
            thread = Thread.currentThread();
        }
        try {
            return drill.run();
        } finally {
            synchronized (this) {
                running = null;
                latest = null;
            }
        }
    }

    void update(DrillState state) {
        latest = state;
    }

    /** As of the last 200 ms. */
    Optional<DrillState> state() {
        return Optional.ofNullable(latest);
    }

    synchronized boolean stop(String reason) {
        if (running != null) {
            running.stop(reason);
        }
        return running != null;
    }

    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        synchronized (this) {
            isStopping = true;
        }
        if (stop("the instance is shutting down")) {
            LOG.warn("Drill aborted: the instance is shutting down. Its report says what is left to do");
        }
    }

    /** Waits until the drill has undone what it can and stored its report: it needs the connections. */
    void await(@Observes ShutdownEvent event) throws InterruptedException {
        stop(new ShutdownDelayInitiatedEvent());
        Thread last;
        synchronized (this) {
            last = running == null ? null : thread;
        }
        if (last != null) {
            last.join(END.toMillis());
            if (last.isAlive()) {
                LOG.errorf("Drill did not end within %d s: check slots and nodes by doctor", END.toSeconds());
            }
        }
    }
}
