package dev.tokencache.migration.store;

import dev.tokencache.migration.MigrationState;
import dev.tokencache.redis.Time;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The last state that this instance has read, or none since its start. Never goes back to a lower version: losing the state in
 * the cluster does not restart the migration. Thread-safe; reading it is one volatile read.
 */
public final class KnownState {

    private final Time time;
    private final Consumer<MigrationState> onChange;
    private volatile @Nullable MigrationState state;
    private volatile long readAtNanos;

    /** @param onChange receives each new state before any call uses it; must not block */
    public KnownState(Time time, Consumer<MigrationState> onChange) {
        this.time = time;
        this.onChange = onChange;
    }

    /** The state, or empty if it was never read. */
    public Optional<MigrationState> state() {
        return Optional.ofNullable(state);
    }

    /** Nanoseconds since the last read; meaningless before the first. */
    public long ageNanos() {
        return time.nanoTime() - readAtNanos;
    }

    /** Takes over a state that was read. Returns whether it is older than the known one and was ignored. */
    public synchronized boolean observe(MigrationState read) {
        MigrationState present = state;
        if (present != null && read.version() < present.version()) {
            return true;
        }
        readAtNanos = time.nanoTime();
        if (present == null || read.version() > present.version()) {
            onChange.accept(read);
            state = read;
        }
        return false;
    }
}
