package dev.tokencache.migration;

import dev.tokencache.migration.MigrationPhase.Step;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jboss.logging.Logger;

/**
 * Reports the state of a migration and changes it. Thread-safe, never blocks. Calls fail with {@link
 * dev.tokencache.token.StoreUnavailableException} while the cluster, which stores the state, is unreachable.
 */
public final class MigrationDial {

    private static final Logger LOG = Logger.getLogger(MigrationDial.class);

    /** How often a change is decided again after another caller changed the state. */
    private static final int ATTEMPTS = 3;

    /** The state of all instances, and why an operator may not take the next guarded step; empty if allowed. */
    public record Status(MigrationStates.Shared shared, List<String> obstacles) {}

    /**
     * A change that an operator requests. An absent value stays as it is, or takes its default in the new phase. {@code
     * readPercent} is of {@code ramp}; {@code force} advances without evidence.
     */
    public record Change(Optional<Step> phase, OptionalInt readPercent, OptionalInt mirrorPercent, boolean force) {}

    public sealed interface Outcome {
        /** The state is changed; every instance follows within two seconds. */
        record Changed(Status status) implements Outcome {}

        /** The change is refused; the reasons are for the operator. */
        record Refused(List<String> reasons) implements Outcome {}
    }

    private final MigrationStates states;
    private final MigrationRules rules;
    private final Clock clock;

    public MigrationDial(MigrationStates states, MigrationConfig config, Duration maxTtl, Clock clock) {
        this.states = states;
        this.rules = new MigrationRules(config, maxTtl);
        this.clock = clock;
    }

    public Uni<Status> status() {
        return states.read().map(this::status);
    }

    private Status status(MigrationStates.Shared shared) {
        return new Status(shared, rules.obstacles(shared, clock.millis()));
    }

    /** Changes the state. Fails with {@link dev.tokencache.token.InvalidRequestException} if a value is invalid. */
    public Uni<Outcome> change(Change change, String by) {
        return CompareAndRetry.run(ATTEMPTS, "other callers keep changing the migration", () -> tryChange(change, by));
    }

    private Uni<Optional<Outcome>> tryChange(Change change, String by) {
        return states.read().chain(shared -> {
            MigrationRules.Decision decision = rules.decide(shared, change, by, clock.millis());
            return decision.next().isEmpty()
                    ? Uni.createFrom().item(Optional.of(new Outcome.Refused(decision.why())))
                    : set(shared.state(), decision.next().get(), change.force());
        });
    }

    private Uni<Optional<Outcome>> set(MigrationState present, MigrationState next, boolean isForced) {
        return states.compareAndSet(next).chain(isSet -> {
            if (!isSet) {
                return Uni.createFrom().item(Optional.empty());
            }
            audit(present, next, isForced);
            return status().map(status -> Optional.of(new Outcome.Changed(status)));
        });
    }

    private static void audit(MigrationState before, MigrationState after, boolean isForced) {
        LOG.infof(
                "Migration changed; from=%s to=%s read_percent=%d mirror_percent=%d by=%s forced=%s version=%d",
                before.phase().name(),
                after.phase().name(),
                after.phase().readPercent(),
                after.phase().mirrorPercent(),
                after.by(),
                isForced,
                after.version());
    }
}
