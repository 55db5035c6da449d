package dev.tokencache.migration;

import dev.tokencache.migration.BackfillProgress.Counts;
import dev.tokencache.migration.BackfillProgress.Status;
import dev.tokencache.migration.MigrationDial.Change;
import dev.tokencache.migration.MigrationRules.Decision;
import dev.tokencache.migration.MigrationStates.Shared;
import dev.tokencache.token.InvalidRequestException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MigrationRulesTest {

    private static final long NOW = 1_800_000_000_000L;

    private record Settings(long minComparisons, double maxMismatchRate) implements MigrationConfig {}

    private final MigrationRules rules = new MigrationRules(new Settings(100, 0.01), Duration.ofDays(30));

    private static final Evidence ENOUGH = new Evidence(1000, Map.of(Mismatch.MISSING_IN_CLUSTER, 5L), Map.of());

    private static final BackfillProgress COMPLETE = new BackfillProgress(
            Status.COMPLETE, 1, NOW, OptionalLong.of(NOW), 0, new Counts(5, 5, 0, 0, 0), Map.of(), 5);

    private static Shared in(MigrationPhase phase, Evidence evidence, BackfillProgress backfill) {
        return new Shared(MigrationState.INITIAL.to(phase, "tester", NOW - 1000), evidence, backfill);
    }

    private Decision go(Shared shared, String phase) {
        return rules.decide(shared, change(phase, null, false), "tester", NOW);
    }

    private static Change change(String phase, Integer readPercent, boolean force) {
        return new Change(
                Optional.ofNullable(phase).flatMap(MigrationPhase.Step::of),
                readPercent == null ? OptionalInt.empty() : OptionalInt.of(readPercent),
                OptionalInt.empty(),
                force);
    }

    @Test
    void shouldGoOneStepForwardOnly() {
        Shared start = Shared.INITIAL;

        assertThat(go(start, "mirror").next().map(MigrationState::phase))
                .contains(MigrationPhase.mirror(MigrationPhase.DEFAULT_MIRROR_PERCENT));
        assertThat(go(start, "ramp").next()).isEmpty();
        assertThat(go(start, "done").why()).singleElement().asString().contains("cannot change");
    }

    @Test
    void shouldGoBackAnyNumberOfStepsWithoutEvidence() {
        Shared shared = in(MigrationPhase.cluster(10), Evidence.NONE, BackfillProgress.NONE);

        assertThat(go(shared, "legacy").next()).isPresent();
        assertThat(go(shared, "mirror").next()).isPresent();
        assertThat(go(shared, "ramp").next().map(MigrationState::phase)).contains(MigrationPhase.ramp(100, 10));
    }

    @Test
    void shouldNeverLeaveDoneEvenWithForce() {
        Shared shared = in(MigrationPhase.DONE, ENOUGH, COMPLETE);

        assertThat(rules.decide(shared, change("cluster", null, true), "tester", NOW)
                        .next())
                .isEmpty();
    }

    @Test
    void shouldRequireEvidenceAboveHalfOfTheReads() {
        Shared shared = in(MigrationPhase.ramp(50, 10), Evidence.NONE, BackfillProgress.NONE);

        Decision half = rules.decide(shared, change(null, 50, false), "tester", NOW);
        Decision more = rules.decide(shared, change(null, 51, false), "tester", NOW);
        Decision forced = rules.decide(shared, change(null, 51, true), "tester", NOW);

        assertThat(half.next()).isPresent();
        assertThat(more.next()).isEmpty();
        assertThat(more.why()).hasSize(2);
        assertThat(forced.next()).isPresent();
    }

    @Test
    void shouldAllowGuardedStepsWithEvidence() {
        assertThat(go(in(MigrationPhase.ramp(50, 10), ENOUGH, COMPLETE), "cluster")
                        .next())
                .isPresent();
        assertThat(go(in(MigrationPhase.cluster(10), ENOUGH, COMPLETE), "done").next())
                .isPresent();
    }

    @Test
    void shouldRefuseTooManyMismatches() {
        Evidence bad = new Evidence(1000, Map.of(Mismatch.OTHER_CLAIMS, 11L), Map.of());

        assertThat(go(in(MigrationPhase.cluster(10), bad, COMPLETE), "done").why())
                .singleElement()
                .asString()
                .contains("11 of 1000");
    }

    @Test
    void shouldNotCountABackfillThatBeganBeforeTheMirroring() {
        BackfillProgress early =
                new BackfillProgress(Status.COMPLETE, 1, NOW - 5000, OptionalLong.of(NOW), 0, Counts.NONE, Map.of(), 5);

        assertThat(go(in(MigrationPhase.cluster(10), ENOUGH, early), "done").next())
                .isEmpty();
    }

    @Test
    void shouldAcceptThePassedMaximumTtlInsteadOfABackfill() {
        Shared shared = in(MigrationPhase.cluster(10), ENOUGH, BackfillProgress.NONE);
        long later = NOW + Duration.ofDays(31).toMillis();

        assertThat(rules.decide(shared, change("done", null, false), "tester", later)
                        .next())
                .isPresent();
    }

    @Test
    void shouldRestartTheMirroringAfterLegacy() {
        MigrationState mirrored = MigrationState.INITIAL.to(MigrationPhase.mirror(10), "tester", 1000);
        MigrationState ramped = mirrored.to(MigrationPhase.ramp(1, 10), "tester", 2000);
        MigrationState back = ramped.to(MigrationPhase.LEGACY, "tester", 3000);

        assertThat(ramped.mirroredSinceMillis()).hasValue(1000);
        assertThat(back.mirroredSinceMillis()).isEmpty();
        assertThat(ramped.window()).isEqualTo(2);
    }

    @Test
    void shouldNameTheInvalidField() {
        assertThatThrownBy(() -> rules.decide(
                        in(MigrationPhase.mirror(10), ENOUGH, COMPLETE), change("ramp", 101, false), "tester", NOW))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("read_percent");
    }
}
