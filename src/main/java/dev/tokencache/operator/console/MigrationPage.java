package dev.tokencache.operator.console;

import dev.tokencache.audit.AuditEntry;
import dev.tokencache.audit.AuditEntry.Result;
import dev.tokencache.audit.AuditLog;
import dev.tokencache.audit.AuditTarget;
import dev.tokencache.caller.Caller;
import dev.tokencache.caller.Role;
import dev.tokencache.migration.Backfill;
import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.Labelled;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.MigrationPhase;
import dev.tokencache.migration.MigrationPhase.Step;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import dev.tokencache.migration.store.Migration;
import dev.tokencache.operator.console.Action.RefusedException;
import dev.tokencache.redis.Time;
import dev.tokencache.token.InvalidRequestException;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The dial of the migration, what speaks against its next step, and the backfill. */
final class MigrationPage extends Page {

    /**
     * @param status null if no migration is configured, or the cluster, which stores the state, cannot be asked
     * @param steps for the form
     */
    record View(Instant at, boolean isConfigured, @Nullable Status status, List<String> steps) {}

    record Status(
            MigrationPhase phase,
            @Nullable Instant since,
            String by,
            List<Stage> stages,
            List<String> obstacles,
            long comparisons,
            List<Count> mismatches,
            List<Count> errors,
            BackfillProgress backfill,
            long percent) {}

    /** A step of the dial, and where it is: {@code past}, {@code present} or {@code ahead}. */
    record Stage(String name, String place) {}

    record Count(String name, long count) {}

    private final Optional<Migration> migration;
    private final AuditLog audit;
    private final Time time;

    MigrationPage(Optional<Migration> migration, AuditLog audit, Time time) {
        super("migration", "Migration");
        this.migration = migration;
        this.audit = audit;
        this.time = time;
    }

    @Override
    Uni<TemplateInstance> whole(Visit visit) {
        return view().map(view -> Templates.migration(visit.frame(), view));
    }

    @Override
    Uni<TemplateInstance> live() {
        return view().map(Templates::migration$live);
    }

    private Uni<View> view() {
        Instant now = time.clock().instant();
        List<String> steps = Stream.of(Step.values()).map(Step::label).toList();
        return migration
                .map(configured -> configured
                        .dial()
                        .status()
                        .map(MigrationPage::status)
                        .onFailure()
                        .recoverWithNull()
                        .map(status -> new View(now, true, status, steps)))
                .orElseGet(() -> Uni.createFrom().item(new View(now, false, null, steps)));
    }

    private static Status status(MigrationDial.Status status) {
        MigrationState state = status.shared().state();
        Evidence evidence = status.shared().evidence();
        BackfillProgress backfill = status.shared().backfill();
        long estimate = Math.max(backfill.estimatedKeys(), backfill.counts().scanned());
        boolean isComplete = backfill.status() == BackfillProgress.Status.COMPLETE;
        return new Status(
                state.phase(),
                state.version() > 0 ? Instant.ofEpochMilli(state.sinceMillis()) : null,
                state.by(),
                stages(state.phase().step()),
                status.obstacles(),
                evidence.comparisons(),
                counts(Mismatch.values(), evidence::mismatches),
                counts(Side.values(), evidence::errors),
                backfill,
                isComplete ? 100 : estimate == 0 ? 0 : 100 * backfill.counts().scanned() / estimate);
    }

    private static List<Stage> stages(Step present) {
        List<Stage> stages = new ArrayList<>();
        for (Step step : Step.values()) {
            int place = step.compareTo(present);
            stages.add(new Stage(step.label(), place < 0 ? "past" : place == 0 ? "present" : "ahead"));
        }
        return stages;
    }

    private static <E extends Labelled> List<Count> counts(E[] kinds, ToLongFunction<E> count) {
        return Stream.of(kinds)
                .map(kind -> new Count(kind.label().replace('_', ' '), count.applyAsLong(kind)))
                .toList();
    }

    @Override
    List<Action> actions() {
        return List.of(
                new Action("migration/change", Role.ADMIN, this::change),
                new Action("migration/backfill", Role.ADMIN, this::requestBackfill));
    }

    private Uni<Action.Done> change(Form form, Caller caller) {
        Step step = Step.of(form.required("phase"))
                .orElseThrow(() -> new InvalidRequestException("phase", "must be one of " + Step.NAMES));
        form.requireConfirmation(step.label());
        MigrationDial.Change change = new MigrationDial.Change(
                Optional.of(step), form.number("read_percent"), form.number("mirror_percent"), form.isChecked("force"));
        Uni<MigrationDial.Outcome> call = configured().dial().change(change, caller.id());
        return audited(
                AuditEntry.Action.CHANGE_MIGRATION, caller, AuditTarget.ofPhase(step.label()), call.map(outcome -> {
                    if (outcome instanceof MigrationDial.Outcome.Refused refused) {
                        throw new RefusedException(String.join("; ", refused.reasons()));
                    }
                    return new Action.Done("migration", Map.of(), Notice.MIGRATION_CHANGED);
                }));
    }

    private Uni<Action.Done> requestBackfill(Form form, Caller caller) {
        String wanted = form.required("action");
        Backfill.Action action = Stream.of(Backfill.Action.values())
                .filter(one -> one.label().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new InvalidRequestException("action", "must be start, pause or resume"));
        form.requireConfirmation(action.label());
        Backfill.Change change = new Backfill.Change(Optional.of(action), form.longNumber("keys_per_second"));
        Uni<Backfill.Outcome> call = configured().backfill().request(change, caller.id());
        return audited(AuditEntry.Action.REQUEST_BACKFILL, caller, AuditTarget.NOTHING, call.map(outcome -> {
            if (outcome instanceof Backfill.Outcome.Refused refused) {
                throw new RefusedException(refused.reason());
            }
            return new Action.Done("migration", Map.of(), Notice.BACKFILL_REQUESTED);
        }));
    }

    private Migration configured() {
        return migration.orElseThrow(() -> new RefusedException("no migration is configured"));
    }

    private Uni<Action.Done> audited(
            AuditEntry.Action action, Caller caller, AuditTarget target, Uni<Action.Done> call) {
        return call.invoke(done -> audit.write(new AuditEntry(action, caller.id(), target, Result.DONE)))
                .onFailure()
                .invoke(failure -> audit.write(new AuditEntry(
                        action,
                        caller.id(),
                        target,
                        failure instanceof RefusedException || failure instanceof InvalidRequestException
                                ? Result.REFUSED
                                : Result.UNKNOWN)));
    }
}
