package dev.tokencache.journal;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Replays a journal whenever there is something in it. Its rate is limited, since a cluster that has just come back has
 * enough to do; and while the store takes nothing at all, it is tried seldom and with few entries.
 */
public final class ReplayLoop {

    private static final Logger LOG = Logger.getLogger(ReplayLoop.class);

    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int PROBE = 16;

    private final Journal journal;
    private final Replay replay;
    private final int perTick;
    private final AtomicBoolean isRunning = new AtomicBoolean();

    private volatile boolean isStoreAway;
    private volatile long notBeforeNanos = System.nanoTime();

    /**
     * A loop that is yet to be started.
     *
     * @param perSecond how many entries are replayed in a second at most
     */
    public ReplayLoop(Journal journal, Replay replay, int perSecond) {
        this.journal = journal;
        this.replay = replay;
        this.perTick = Math.max(1, (int) (perSecond * TICK.toMillis() / 1000));
    }

    /** Replays from now on, until Vert.x is closed. */
    public void start(Vertx vertx) {
        vertx.setPeriodic(TICK.toMillis(), timer -> {
            if (!journal.isEmpty() && System.nanoTime() - notBeforeNanos >= 0) {
                round();
            }
        });
    }

    private void round() {
        if (!isRunning.compareAndSet(false, true)) {
            return;
        }
        replay.round(isStoreAway ? Math.min(PROBE, perTick) : perTick)
                .subscribe()
                .with(this::finished, failure -> {
                    LOG.debugf("The journal could not be read or changed; cause=%s", failure);
                    finished(false);
                });
    }

    private void finished(boolean isStoreThere) {
        isStoreAway = !isStoreThere;
        if (isStoreAway) {
            notBeforeNanos = System.nanoTime() + PAUSE.toNanos();
        }
        isRunning.set(false);
    }
}
