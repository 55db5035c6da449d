package dev.tokencache.simulation;

import dev.tokencache.migration.Backfill;
import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.MigrationPhase.Step;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.MigrationStates.Shared;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The operator of a migration, who calls the admin API of any instance. At first they try random changes, which the rules may
 * refuse. Then they follow the runbook to its end.
 */
final class MigrationOperator {

    private static final Duration MAX_PAUSE = Duration.ofSeconds(6);
    private static final Duration STEP = Duration.ofSeconds(1);
    /** Longer than a call that another instance may have started in an earlier phase. */
    private static final Duration SETTLING = Duration.ofSeconds(10);

    /** Within which every instance follows a change. */
    private static final Duration MAX_NOTICE = Duration.ofSeconds(2);

    /** Of keys per second. With a limit, a page that was read ahead waits. */
    private static final List<Long> LIMITS = List.of(0L, 100L, 200L, 300L);

    private final World world;
    private final Supplier<List<MigratingService>> instances;
    private final Oracle oracle;
    private final Runnable stopPrograms;
    private final BooleanSupplier isFullServiceExpected;
    private final RandomGenerator random;
    private final AdminCalls calls;
    private final BackfillAudit backfillAudit;
    private final OperatorVerification verification;
    private boolean isDriving;
    private boolean isDone;
    /** The backfill that counts for {@code done}; none yet if it is the maximum. */
    private long finalRun = Long.MAX_VALUE;

    private long settledAt = Long.MAX_VALUE;

    /**
     * @param stopPrograms moves the logins of other programs to the API
     * @param isFullServiceExpected whether no fault prevents a call
     */
    MigrationOperator(
            World world,
            Supplier<List<MigratingService>> instances,
            MigrationAudit audit,
            Oracle oracle,
            Runnable stopPrograms,
            BooleanSupplier isFullServiceExpected) {
        this.world = world;
        this.instances = instances;
        this.oracle = oracle;
        this.stopPrograms = stopPrograms;
        this.isFullServiceExpected = isFullServiceExpected;
        this.random = world.random("operator");
        this.calls = new AdminCalls(world, instances, random);
        this.backfillAudit = new BackfillAudit(world, audit, oracle, calls);
        this.verification = new OperatorVerification(world, calls);
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
            calls.status(this::advance, this::goOn);
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
        backfillAudit.check(shared);
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
                    verification.run(this::finish, this::copyAgain, this::goOn);
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
        boolean isComplete = BackfillAudit.isComplete(shared) && backfill.run() >= sinceRun;
        if (backfill.status() == BackfillProgress.Status.PAUSED) {
            backfill(Backfill.Action.RESUME);
        } else if (!isComplete && backfill.status() != BackfillProgress.Status.RUNNING) {
            finalRun = backfill.run() + 1;
            backfill(Backfill.Action.START);
        }
        return isComplete;
    }

    private boolean isAgreed(MigrationState state) {
        return instances.get().stream().allMatch(instance -> instance.state().equals(Optional.of(state)));
    }

    private void finish() {
        set(Step.DONE, OptionalInt.empty());
        goOn();
    }

    private void copyAgain() {
        finalRun = Long.MAX_VALUE;
        goOn();
    }

    private void set(Step step, OptionalInt readPercent) {
        OptionalInt mirrorPercent = OptionalInt.of(isDriving ? 50 : random.nextInt(101));
        MigrationDial.Change change = new MigrationDial.Change(Optional.of(step), readPercent, mirrorPercent, false);
        calls.request(
                "set " + step.label() + (readPercent.isPresent() ? " " + readPercent.getAsInt() : ""),
                instance -> instance.migration().dial().change(change, "operator"),
                this::changed);
    }

    /** Every instance follows, if no fault prevents it. */
    private void changed(MigrationDial.Outcome outcome) {
        if (isFullServiceExpected.getAsBoolean() && outcome instanceof MigrationDial.Outcome.Changed changed) {
            long version = changed.status().shared().state().version();
            world.time().schedule(MAX_NOTICE, () -> instances.get().stream()
                    .filter(instance ->
                            instance.state().map(MigrationState::version).orElse(0L) < version)
                    .forEach(late -> oracle.violated(
                            late.service().process().name() + " does not know the change of the migration")));
        }
    }

    void startBackfill() {
        backfill(Backfill.Action.START);
    }

    private void backfill(Backfill.Action action) {
        OptionalLong limit = OptionalLong.of(LIMITS.get(random.nextInt(LIMITS.size())));
        calls.request(
                "backfill " + action,
                instance -> instance.migration()
                        .backfill()
                        .request(new Backfill.Change(Optional.of(action), limit), "operator"),
                accepted -> {});
    }
}
