package dev.tokencache.simulation;

import dev.tokencache.migration.Backfill;
import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.MigrationPhase.Step;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.MigrationStates.Shared;
import dev.tokencache.migration.store.Verification;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The operator of a migration, who calls the admin API of any instance. At first they try random changes, which the rules may
 * refuse. Then they follow the runbook to its end.
 */
final class MigrationOperator {

    private static final Duration MAX_PAUSE = Duration.ofSeconds(6);
    private static final Duration STEP = Duration.ofSeconds(1);
    /** A call whose instance has crashed has no result. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Longer than a call that another instance may have started in an earlier phase. */
    private static final Duration SETTLING = Duration.ofSeconds(10);

    private static final int PART = 200;

    /** Of keys per second. With a limit, a page that was read ahead waits. */
    private static final List<Long> LIMITS = List.of(0L, 100L, 200L, 300L);

    private final World world;
    private final Supplier<List<MigratingService>> instances;
    private final MigrationAudit audit;
    private final Oracle oracle;
    private final Runnable stopPrograms;
    private final RandomGenerator random;
    private boolean isDriving;
    private boolean isDone;
    /** The backfill that counts for {@code done}; none yet if it is the maximum. */
    private long finalRun = Long.MAX_VALUE;

    private long auditedRun;
    private long settledAt = Long.MAX_VALUE;

    /** @param stopPrograms moves the logins of other programs to the API */
    MigrationOperator(
            World world,
            Supplier<List<MigratingService>> instances,
            MigrationAudit audit,
            Oracle oracle,
            Runnable stopPrograms) {
        this.world = world;
        this.instances = instances;
        this.audit = audit;
        this.oracle = oracle;
        this.stopPrograms = stopPrograms;
        this.random = world.random("operator");
    }

    void start() {
        next(Duration.ofNanos(1 + random.nextLong(MAX_PAUSE.toNanos())));
    }

    /** From now on, follows the runbook. */
    void drive() {
        world.log("operator: follows the runbook");
        isDriving = true;
    }

    /** Whether every instance is in the phase {@code done}. */
    boolean isDone() {
        return isDone;
    }

    private void next(Duration delay) {
        world.time().schedule(delay, this::act);
    }

    private void act() {
        if (isDriving) {
            call(
                    "status",
                    instance -> instance.migration().dial().status(),
                    status -> advance(status.shared()),
                    this::goOn);
        } else {
            next(Duration.ofNanos(1 + random.nextLong(MAX_PAUSE.toNanos())));
            wander();
        }
    }

    private void goOn() {
        next(STEP);
    }

    private void wander() {
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> backfill(Backfill.Action.START);
            case 3 -> backfill(Backfill.Action.PAUSE);
            case 4 -> backfill(Backfill.Action.RESUME);
            case 5 -> set(Step.LEGACY, OptionalInt.empty());
            case 6 -> set(Step.MIRROR, OptionalInt.empty());
            case 7, 8 -> set(Step.RAMP, OptionalInt.of(random.nextInt(101)));
            default -> set(Step.CLUSTER, OptionalInt.empty());
        }
    }

    /** The next step of the runbook. */
    private void advance(Shared shared) {
        auditBackfill(shared);
        MigrationState state = shared.state();
        switch (state.phase().step()) {
            case LEGACY -> set(Step.MIRROR, OptionalInt.empty());
            case MIRROR, RAMP -> {
                if (isCopied(shared, 0)) {
                    boolean isRamp = state.phase().is(Step.RAMP);
                    set(
                            isRamp && state.phase().readPercent() == 100 ? Step.CLUSTER : Step.RAMP,
                            isRamp && state.phase().readPercent() == 100
                                    ? OptionalInt.empty()
                                    : OptionalInt.of(isRamp ? 100 : 50));
                }
            }
            case CLUSTER -> {
                if (isReadyToFinish(shared)) {
                    verify();
                    return;
                }
            }
            case DONE -> isDone = isAgreed(state);
        }
        goOn();
    }

    /** Copies everything once more, after all instances have left the earlier phases, and after the last login elsewhere. */
    private boolean isReadyToFinish(Shared shared) {
        long now = world.time().nanoTime();
        if (!isAgreed(shared.state())) {
            settledAt = Long.MAX_VALUE;
            finalRun = Long.MAX_VALUE;
        } else if (settledAt == Long.MAX_VALUE) {
            stopPrograms.run();
            settledAt = now + SETTLING.toNanos();
        }
        return now >= settledAt && isCopied(shared, finalRun);
    }

    /** Whether a backfill has copied everything; else continues or starts one. */
    private boolean isCopied(Shared shared, long sinceRun) {
        BackfillProgress backfill = shared.backfill();
        boolean isComplete = isComplete(shared) && backfill.run() >= sinceRun;
        if (backfill.status() == BackfillProgress.Status.PAUSED) {
            backfill(Backfill.Action.RESUME);
        } else if (!isComplete && backfill.status() != BackfillProgress.Status.RUNNING) {
            finalRun = backfill.run() + 1;
            backfill(Backfill.Action.START);
        }
        return isComplete;
    }

    private static boolean isComplete(Shared shared) {
        BackfillProgress backfill = shared.backfill();
        return backfill.status() == BackfillProgress.Status.COMPLETE
                && backfill.counts().failed() == 0
                && backfill.startedAtMillis()
                        >= shared.state().mirroredSinceMillis().orElse(Long.MAX_VALUE);
    }

    private boolean isAgreed(MigrationState state) {
        return instances.get().stream().allMatch(instance -> instance.state().equals(Optional.of(state)));
    }

    /** A complete backfill promises that the cluster has every token that was live at its start. */
    private void auditBackfill(Shared shared) {
        BackfillProgress backfill = shared.backfill();
        if (!isComplete(shared) || backfill.run() == auditedRun) {
            return;
        }
        auditedRun = backfill.run();
        world.log("operator: audits backfill " + auditedRun);
        long startMillis = world.time().clock().millis() - world.time().nanoTime() / 1_000_000;
        audit.missing(
                (backfill.startedAtMillis() - startMillis) * 1_000_000,
                missing -> call(
                        "status",
                        instance -> instance.migration().dial().status(),
                        status -> {
                            if (!missing.isEmpty()
                                    && isComplete(status.shared())
                                    && status.shared().backfill().run() == backfill.run()) {
                                oracle.violated("backfill " + backfill.run() + " is complete, but the cluster lacks "
                                        + missing);
                            }
                        },
                        () -> {}));
    }

    private void verify() {
        call(
                "verify",
                instance -> instance.migration().verification().starts(),
                starts -> {
                    Queue<String> positions = new ArrayDeque<>();
                    starts.forEach(start -> positions.add(start.position()));
                    verify(positions);
                },
                this::goOn);
    }

    private void verify(Queue<String> positions) {
        String position = positions.poll();
        if (position == null) {
            world.log("operator: no differences");
            set(Step.DONE, OptionalInt.empty());
            goOn();
            return;
        }
        call(
                "verify " + position,
                instance -> instance.migration().verification().compare(position, PART),
                part -> {
                    part.next().ifPresent(positions::add);
                    if (isClean(part)) {
                        verify(positions);
                    } else {
                        goOn();
                    }
                },
                this::goOn);
    }

    private boolean isClean(Verification.Part part) {
        if (part.mismatches().isEmpty() && part.unknown() == 0) {
            return true;
        }
        world.log("operator: differences " + part.mismatches() + ", unknown " + part.unknown());
        finalRun = Long.MAX_VALUE;
        return false;
    }

    private void set(Step step, OptionalInt readPercent) {
        OptionalInt mirrorPercent = OptionalInt.of(isDriving ? 50 : random.nextInt(101));
        MigrationDial.Change change =
                new MigrationDial.Change(Optional.of(step.label()), readPercent, mirrorPercent, false);
        tell(
                "set " + step.label() + (readPercent.isPresent() ? " " + readPercent.getAsInt() : ""),
                instance -> instance.migration().dial().change(change, "operator"));
    }

    void startBackfill() {
        backfill(Backfill.Action.START);
    }

    private void backfill(Backfill.Action action) {
        OptionalLong limit = OptionalLong.of(LIMITS.get(random.nextInt(LIMITS.size())));
        tell("backfill " + action, instance -> instance.migration()
                .backfill()
                .request(new Backfill.Change(Optional.of(action), limit), "operator"));
    }

    private <T> void tell(String what, Function<MigratingService, Uni<T>> call) {
        List<MigratingService> running = instances.get();
        if (!running.isEmpty()) {
            send(running.get(random.nextInt(running.size())), what, call, result -> {}, () -> {});
        }
    }

    /** A call that has a result or fails, at the latest after some time. */
    private <T> void call(
            String what, Function<MigratingService, Uni<T>> call, Consumer<T> onResult, Runnable onFailure) {
        boolean[] isOver = {false};
        Runnable failed = () -> {
            if (!isOver[0]) {
                isOver[0] = true;
                onFailure.run();
            }
        };
        world.time().schedule(PATIENCE, failed);
        List<MigratingService> running = instances.get();
        if (!running.isEmpty()) {
            Consumer<T> succeeded = result -> {
                if (!isOver[0]) {
                    isOver[0] = true;
                    onResult.accept(result);
                }
            };
            send(running.get(random.nextInt(running.size())), what, call, succeeded, failed);
        }
    }

    private <T> void send(
            MigratingService instance,
            String what,
            Function<MigratingService, Uni<T>> call,
            Consumer<T> onResult,
            Runnable onFailure) {
        SimulatedProcess process = instance.service().process();
        String name = process.name() + ": operator: " + what;
        process.run(() -> call.apply(instance)
                .subscribe()
                .with(
                        result -> {
                            world.log(name + " -> " + text(result));
                            onResult.accept(result);
                        },
                        failure -> {
                            world.log(name + " -> " + failure);
                            onFailure.run();
                        }));
    }

    private static String text(Object result) {
        return result instanceof MigrationDial.Status status ? status.shared().toString() : String.valueOf(result);
    }
}
