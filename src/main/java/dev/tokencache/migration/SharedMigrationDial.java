package dev.tokencache.migration;

import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;

/** The dial on the state that all replicas share. */
public final class SharedMigrationDial implements MigrationDial {

    private static final Logger LOG = Logger.getLogger(SharedMigrationDial.class);

    /** How often a change is decided anew because somebody else was faster. */
    private static final int ATTEMPTS = 3;

    private final MigrationStates states;
    private final MigrationRules rules;
    private final Clock clock;

    /** @param longestTtl the longest that a token can live */
    public SharedMigrationDial(MigrationStates states, MigrationConfig config, Duration longestTtl, Clock clock) {
        this.states = states;
        this.rules = new MigrationRules(config, longestTtl);
        this.clock = clock;
    }

    @Override
    public Uni<Status> status() {
        return states.read().map(this::status);
    }

    private Status status(MigrationStates.Shared shared) {
        return new Status(shared, rules.mayAdvance(shared, clock.millis()));
    }

    @Override
    public Uni<Outcome> change(MigrationChange change, String by) {
        return change(change, by, ATTEMPTS);
    }

    private Uni<Outcome> change(MigrationChange change, String by, int attempts) {
        return states.read().chain(shared -> {
            MigrationRules.Decision decision = rules.decide(shared, change, by, clock.millis());
            return decision.next().isEmpty()
                    ? Uni.createFrom().item(new Outcome.Refused(decision.why()))
                    : set(shared, decision.next().get(), change, attempts);
        });
    }

    private Uni<Outcome> set(MigrationStates.Shared shared, MigrationState next, MigrationChange change, int attempts) {
        return states.compareAndSet(next).chain(isSet -> {
            if (isSet) {
                audit(shared.state(), next, change.force());
                return status().map(Outcome.Changed::new);
            }
            return attempts > 1
                    ? change(change, next.by(), attempts - 1)
                    : Uni.createFrom()
                            .failure(new StoreUnavailableException("the migration is being changed again and again"));
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
