package dev.tokencache.operator.drill;

import dev.tokencache.operator.drill.DrillPlan.Step;
import dev.tokencache.operator.drill.Scores.Score;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Runs a drill: gate, canaries, steps, verdict, report. {@link #run} blocks; {@link #stop} may come from any thread. */
public final class Drill {

    /** Shows a running drill. */
    @FunctionalInterface
    public interface Listener {

        default void said(String text) {}

        void progress(DrillState state);
    }

    /**
     * Everything around a drill.
     *
     * @param hooks runs a hook while the drill goes on measuring
     * @param by the caller who starts it
     */
    public record Site(
            Nodes nodes, Canaries canaries, Records records, Pace pace, Executor hooks, Listener listener, String by) {}

    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final int WARM_CALLS = 10;
    private static final Duration BEFORE = Duration.ofSeconds(1);
    private static final Duration AFTER = Duration.ofSeconds(2);
    private static final int STORE_ATTEMPTS = 3;
    private static final int MIN_SERVED = 20;
    private static final double MAX_NO_RESPONSE = 0.01;
    private static final Duration SHOWN_EVERY = Duration.ofMillis(200);
    private static final int SHOWN_EVENTS = 20;

    private final DrillPlan plan;
    private final DrillPlan.Conditions conditions;
    private final Site site;
    private final Scores scores;
    private final String id;
    private final ZonedDateTime started;
    private final DrillRun run;
    private volatile @Nullable String stopped;
    private @Nullable Lease lease;
    private String phase = "gate";
    private int done;
    private long shownNanos;

    public Drill(DrillPlan plan, DrillPlan.Conditions conditions, Site site) {
        this.plan = plan;
        this.conditions = conditions;
        this.site = site;
        this.scores = new Scores(plan.before().shards().size());
        this.started = site.pace().now();
        this.id =
                DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").format(started.withZoneSameInstant(ZoneOffset.UTC))
                        + "-" + plan.type();
        this.run = new DrillRun(plan, site, this::check);
    }

    /** Ends the drill at the next moment that leaves nothing half done, and lets {@link #run} return its report. */
    public void stop(String reason) {
        stopped = reason;
    }

    /** Runs the drill. Throws {@link Gate.Refused}, having changed nothing, if it may not start. */
    public DrillReport run() {
        lease = new Lease(site.records(), id, () -> state().json().toString(), site.pace());
        try {
            List<String> reasons =
                    Gate.reasons(plan, conditions, site.pace().now().toLocalTime());
            if (!reasons.isEmpty()) {
                throw new Gate.Refused(reasons);
            }
            warmUp();
            return measured();
        } finally {
            stored("the lease was not released, and expires within a minute", () -> site.records()
                    .release(id));
        }
    }

    private DrillReport measured() {
        DrillRun.Ended end = steps();
        phase = "ending";
        show();
        List<String> reasons = new ArrayList<>();
        if (end != null) {
            String reason = String.valueOf(end.getMessage());
            if (plan.contradictions(now()).isEmpty()) {
                reasons.add(reason);
            }
            run.say("aborted: " + reason);
            run.repair();
            run.waits(AFTER, () -> false);
        }
        site.canaries().finish();
        DrillReport report = report(reasons, end != null && end.isBroken());
        stored("the report is not in the cluster", () -> site.records().store(id, report.json()));
        return report;
    }

    /** Nothing has changed yet: without canaries the drill is refused. */
    private void warmUp() {
        phase = "canaries";
        run.say("creating canaries in " + plan.before().shards().size() + " shards");
        try {
            site.canaries().start(plan.before(), scores);
            run.await("the canaries of every shard", WARM_UP, this::coldShard);
            run.observe(BEFORE);
        } catch (DrillRun.Ended | IllegalStateException noCanaries) {
            site.canaries().finish();
            throw new Gate.Refused(List.of("canaries: " + noCanaries.getMessage()));
        }
    }

    private Optional<String> coldShard() {
        return plan.before().shards().stream()
                .filter(shard -> now().get(shard.index()).served() < WARM_CALLS)
                .findFirst()
                .map(shard -> "the service does not answer for shard " + shard.name());
    }

    /** Returns why the steps ended early; null if they did not. */
    private DrillRun.@Nullable Ended steps() {
        phase = DrillState.STEPS;
        try {
            for (Step step : plan.steps()) {
                run.check();
                run.say((done + 1) + "/" + plan.steps().size() + " " + step.text());
                step.action().run(run);
                run.check();
                done++;
            }
            run.observe(AFTER);
            return null;
        } catch (DrillRun.Ended ended) {
            return ended;
        } catch (RuntimeException failure) {
            return run.broken(String.valueOf(failure.getMessage()));
        }
    }

    /** The abort conditions, and what must happen again and again during a drill. */
    private void check() {
        show();
        if (lease != null) {
            lease.renew();
        }
        String reason = stopped;
        if (reason != null) {
            throw new DrillRun.Ended(false, reason);
        }
        List<String> contradictions = plan.contradictions(now());
        if (!contradictions.isEmpty()) {
            throw new DrillRun.Ended(true, contradictions.get(0));
        }
    }

    private List<Score> now() {
        return scores.at(site.pace().nanos());
    }

    private void show() {
        long now = site.pace().nanos();
        if (now - shownNanos >= SHOWN_EVERY.toNanos()) {
            shownNanos = now;
            site.listener().progress(state());
        }
    }

    /** Tries a few times: the shard of the records may just fail over. */
    private void stored(String failed, Runnable write) {
        for (int attempt = 1; ; attempt++) {
            try {
                write.run();
                return;
            } catch (Nodes.Failure failure) {
                if (attempt == STORE_ATTEMPTS) {
                    site.listener().said(failed + ": " + failure.getMessage());
                    return;
                }
                site.pace().pause(AFTER);
            }
        }
    }

    private DrillState state() {
        List<Score> scored = now();
        List<DrillState.Event> events = run.timeline();
        return new DrillState(
                id,
                plan.type().toString(),
                site.by(),
                DrillReport.time(started),
                phase,
                plan.stepTexts(),
                done,
                plan.before().shards().stream()
                        .map(shard -> state(shard, scored.get(shard.index())))
                        .toList(),
                events.subList(Math.max(0, events.size() - SHOWN_EVENTS), events.size()));
    }

    private DrillState.Shard state(ClusterState.Shard shard, Score score) {
        return new DrillState.Shard(
                shard.name(),
                plan.done(shard.index(), done),
                score.served(),
                score.unknown().toMillis(),
                score.acknowledged(),
                score.falseInactive() + score.revokedActive() + score.lost());
    }

    private DrillReport report(List<String> reasons, boolean isBroken) {
        List<Score> results = now();
        List<String> contradictions = plan.contradictions(results);
        reasons.addAll(contradictions);
        reasons.addAll(doubts(results));
        DrillReport.Verdict verdict = isBroken || !contradictions.isEmpty()
                ? DrillReport.Verdict.BROKEN
                : reasons.isEmpty() ? DrillReport.Verdict.HELD : DrillReport.Verdict.UNKNOWN;
        return DrillReport.of(id, verdict, reasons, results, run, started, conditions, done);
    }

    /** Why the canaries prove too little. */
    private List<String> doubts(List<Score> results) {
        List<String> doubts = new ArrayList<>();
        plan.before().shards().forEach(shard -> {
            Score score = results.get(shard.index());
            String name = "shard " + shard.name() + ": ";
            if (score.served() < MIN_SERVED) {
                doubts.add(name + "only " + score.served() + " calls were served");
            }
            if (score.noResponse() > MAX_NO_RESPONSE * (score.answers() + score.noResponse())) {
                doubts.add(name + score.noResponse() + " calls had no response");
            }
            if (score.unchecked() > 0) {
                doubts.add(name + score.unchecked() + " acknowledged writes could not be checked");
            }
        });
        return doubts;
    }
}
