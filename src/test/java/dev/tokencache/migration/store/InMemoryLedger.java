package dev.tokencache.migration.store;

import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.BackfillProgress.Status;
import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.MigrationPhase;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.MigrationStates;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** The shared state of a migration in memory. */
final class InMemoryLedger implements MigrationStates {

    private final Clock clock;
    private MigrationState state = MigrationState.INITIAL.to(MigrationPhase.mirror(10), "test", 1000);
    private BackfillProgress progress = BackfillProgress.NONE;
    private String runner = "";
    private long leasedUntil;
    private long fencingToken;
    private boolean isDown;
    private boolean isMissBeforeNextChange;

    InMemoryLedger(Clock clock) {
        this.clock = clock;
    }

    BackfillProgress progress() {
        return progress;
    }

    MigrationState state() {
        return state;
    }

    void phase(MigrationPhase phase) {
        state = state.to(phase, "test", clock.millis());
    }

    /** Publishes a miss just before the next change of the state. */
    void missBeforeNextChange() {
        isMissBeforeNextChange = true;
    }

    /** Makes the ledger unavailable, or available again. */
    void down(boolean changed) {
        isDown = changed;
    }

    @Override
    public Uni<Shared> read() {
        return answer(() -> new Shared(state, Evidence.NONE, progress));
    }

    @Override
    public Uni<Boolean> compareAndSet(MigrationState next) {
        return answer(() -> {
            if (isMissBeforeNextChange) {
                isMissBeforeNextChange = false;
                state = state.mirroringRestarted(clock.millis());
            }
            if (next.version() != state.version() + 1) {
                return false;
            }
            state = next;
            return true;
        });
    }

    @Override
    public Uni<Void> add(long window, String source, long sequence, Evidence seen) {
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Optional<BackfillLease>> acquire(String by, Duration duration) {
        return answer(() -> {
            boolean isHeld = leasedUntil > clock.millis();
            if (isHeld && !runner.equals(by)) {
                return Optional.empty();
            }
            fencingToken += isHeld ? 0 : 1;
            runner = by;
            leasedUntil = clock.millis() + duration.toMillis();
            return Optional.of(new BackfillLease(fencingToken));
        });
    }

    @Override
    public Uni<Void> release(BackfillLease lease) {
        return answer(() -> {
            if (lease.fencingToken() == fencingToken) {
                leasedUntil = 0;
            }
            return null;
        });
    }

    @Override
    public Uni<Boolean> advance(BackfillLease lease, BackfillProgress next) {
        return answer(() -> {
            boolean isWanted = progress.status() == Status.RUNNING || progress.status() == next.status();
            if (lease.fencingToken() != fencingToken || next.run() != progress.run() || !isWanted) {
                return false;
            }
            progress = next;
            return true;
        });
    }

    @Override
    public Uni<Boolean> request(BackfillProgress expected, BackfillProgress wanted) {
        return answer(() -> {
            boolean isExpected = expected.run() == progress.run()
                    && expected.status() == progress.status()
                    && expected.keysPerSecond() == progress.keysPerSecond();
            if (isExpected) {
                progress = wanted;
            }
            return isExpected;
        });
    }

    private <T> Uni<T> answer(Supplier<T> answer) {
        return Uni.createFrom().item(() -> {
            if (isDown) {
                throw new StoreUnavailableException("made to fail by a test");
            }
            return answer.get();
        });
    }
}
