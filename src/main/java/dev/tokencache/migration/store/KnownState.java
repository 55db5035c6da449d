package dev.tokencache.migration.store;

import dev.tokencache.migration.MigrationState;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state as this process knows it: the last one that could be read, or nothing if none could since the start. It never goes back
 * to a lower version: a state that was lost in the cluster is no reason to start over. Thread-safe; reading it is one volatile read.
 */
public final class KnownState {

    private final Consumer<MigrationState> onChange;
    private volatile @Nullable MigrationState state;
    private volatile long readAtNanos;

    /** @param onChange told every new state, before anybody acts on it; must not block */
    public KnownState(Consumer<MigrationState> onChange) {
        this.onChange = onChange;
    }

    /** The state, or empty if it was never read. */
    public Optional<MigrationState> state() {
        return Optional.ofNullable(state);
    }

    /** How long ago it was read, in nanoseconds; meaningless if it never was. */
    public long ageNanos() {
        return System.nanoTime() - readAtNanos;
    }

    /**
     * The state that was read.
     *
     * @return whether it is older than what is known, and so was ignored
     */
    public synchronized boolean observe(MigrationState read) {
        MigrationState present = state;
        if (present != null && read.version() < present.version()) {
            return true;
        }
        readAtNanos = System.nanoTime();
        if (present == null || read.version() > present.version()) {
            onChange.accept(read);
            state = read;
        }
        return false;
    }
}
