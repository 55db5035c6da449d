package dev.tokencache.migration;

import dev.tokencache.migration.Backfill.Action;
import dev.tokencache.migration.Backfill.Outcome;
import dev.tokencache.migration.BackfillProgress.Counts;
import dev.tokencache.migration.BackfillProgress.Status;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class BackfillTest {

    private static final MigrationState MIRROR = MigrationState.INITIAL.to(MigrationPhase.mirror(10), "operator", 1000);

    private static BackfillProgress in(Status status) {
        BackfillProgress run = BackfillProgress.NONE.restarted(5000, 70).advanced("a", "9", new Counts(10, 9, 1, 0, 0));
        return status == Status.IDLE ? BackfillProgress.NONE : run.withRequest(status, 70);
    }

    private static Outcome decide(MigrationState state, BackfillProgress present, Action action, OptionalLong limit) {
        return Backfill.decide(
                new MigrationStates.Shared(state, Evidence.NONE, present),
                new Backfill.Change(Optional.ofNullable(action), limit),
                9000);
    }

    @ParameterizedTest
    @CsvSource({
        "IDLE, START, RUNNING",
        "PAUSED, START, RUNNING",
        "COMPLETE, START, RUNNING",
        "RUNNING, START,",
        "IDLE, PAUSE,",
        "RUNNING, PAUSE, PAUSED",
        "PAUSED, PAUSE, PAUSED",
        "COMPLETE, PAUSE,",
        "IDLE, RESUME,",
        "PAUSED, RESUME, RUNNING",
        "RUNNING, RESUME, RUNNING",
        "COMPLETE, RESUME,"
    })
    void shouldAllowValidActionsOnly(Status present, Action action, Status expected) {
        Outcome outcome = decide(MIRROR, in(present), action, OptionalLong.empty());
        if (expected == null) {
            assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        } else {
            assertThat(((Outcome.Accepted) outcome).progress().status()).isEqualTo(expected);
        }
    }

    @Test
    void shouldStartARunWithThePreviousLimit() {
        Outcome outcome = decide(MIRROR, in(Status.PAUSED), Action.START, OptionalLong.empty());
        assertThat(outcome).isEqualTo(new Outcome.Accepted(in(Status.PAUSED).restarted(9000, 70)));
    }

    @Test
    void shouldResumeAtTheSavedProgress() {
        Outcome outcome = decide(MIRROR, in(Status.PAUSED), Action.RESUME, OptionalLong.of(0));
        assertThat(outcome).isEqualTo(new Outcome.Accepted(in(Status.PAUSED).withRequest(Status.RUNNING, 0)));
    }

    @Test
    void shouldChangeOnlyTheLimit() {
        Outcome outcome = decide(MIRROR, in(Status.RUNNING), null, OptionalLong.of(5));
        assertThat(outcome).isEqualTo(new Outcome.Accepted(in(Status.RUNNING).withRequest(Status.RUNNING, 5)));
    }

    @Test
    void shouldRefuseARunInLegacyAndDone() {
        for (MigrationPhase phase : new MigrationPhase[] {MigrationPhase.LEGACY, MigrationPhase.DONE}) {
            MigrationState state = MIRROR.to(phase, "operator", 2000);
            assertThat(decide(state, in(Status.IDLE), Action.START, OptionalLong.empty()))
                    .isInstanceOf(Outcome.Refused.class);
            assertThat(decide(state, in(Status.PAUSED), Action.RESUME, OptionalLong.empty()))
                    .isInstanceOf(Outcome.Refused.class);
        }
    }
}
