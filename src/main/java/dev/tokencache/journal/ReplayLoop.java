package dev.tokencache.journal;

import dev.tokencache.redis.Time;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Replays the journal while it has entries. The rate is limited, because a cluster that has just recovered is busy. While
 * the store accepts nothing, rounds are rarer and smaller.
 */
public final class ReplayLoop {

    private static final Logger LOG = Logger.getLogger(ReplayLoop.class);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int PROBE = 16;

    private final Journal journal;
    private final Replay replay;
    private final int perTick;
    private final Time time;
    private final AtomicBoolean isRunning = new AtomicBoolean();
    private volatile boolean isStoreDown;
    private volatile long pausedUntilNanos;

    /** @param perSecond the maximum number of entries replayed in a second */
    public ReplayLoop(Journal journal, Replay replay, int perSecond, Time time) {
        this.journal = journal;
        this.replay = replay;
        this.perTick = Math.max(1, (int) (perSecond * TICK.toMillis() / 1000));
        this.time = time;
        this.pausedUntilNanos = time.nanoTime();
    }

    /** Replays from now on, until Vert.x is closed. */
    public void start() {
        time.scheduleEvery(TICK, () -> {
            if (!journal.isEmpty() && time.nanoTime() - pausedUntilNanos >= 0) {
                round();
            }
        });
    }

    private void round() {
        if (!isRunning.compareAndSet(false, true)) {
            return;
        }
        replay.round(isStoreDown ? Math.min(PROBE, perTick) : perTick)
                .subscribe()
                .with(this::finished, failure -> {
                    LOG.debugf("Journal replay failed: the journal could not be read or changed; cause=%s", failure);
                    finished(false);
                });
    }

    private void finished(boolean storeAccepted) {
        isStoreDown = !storeAccepted;
        if (isStoreDown) {
            pausedUntilNanos = time.nanoTime() + PAUSE.toNanos();
        }
        isRunning.set(false);
    }
}
