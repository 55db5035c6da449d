package dev.tokencache.operator.console;

import dev.tokencache.operator.console.history.Chart;
import dev.tokencache.operator.console.history.Chart.Series;
import dev.tokencache.operator.console.history.MetricHistory;
import dev.tokencache.operator.console.history.Numbers;
import dev.tokencache.operator.console.history.Sample;
import dev.tokencache.operator.instances.Beat;
import dev.tokencache.operator.instances.Heartbeats;
import dev.tokencache.redis.Futures;
import dev.tokencache.redis.RouterState;
import dev.tokencache.redis.command.RedisRouter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The first page: are users served, and how fast. */
final class NowPage extends Page {

    /** Of 100 validations, how many may be unknown before the error budget is spent. */
    private static final double BUDGET_PERCENT = 0.1;

    private static final String BREAK = " · ";

    /**
     * @param at when the values were read
     * @param instances the running instances, by their heartbeats; null if the cluster cannot be asked
     */
    record View(
            Instant at,
            String verdict,
            List<Figure> figures,
            List<Chart> charts,
            @Nullable List<InstanceRow> instances) {}

    /**
     * A number to look at first.
     *
     * @param state {@code good}, {@code warn}, {@code bad} or empty; never shown by colour alone
     */
    record Figure(String name, String value, String state, String words) {}

    record InstanceRow(String id, boolean isThis, String version, String perSecond, String unknown, String clock) {}

    private final MetricHistory history;
    private final RedisRouter router;
    private final Heartbeats heartbeats;
    private final MeterRegistry registry;

    NowPage(MetricHistory history, RedisRouter router, Heartbeats heartbeats, MeterRegistry registry) {
        super("", "Now");
        this.history = history;
        this.router = router;
        this.heartbeats = heartbeats;
        this.registry = registry;
    }

    @Override
    Uni<TemplateInstance> whole(Visit visit) {
        return view().map(view -> Templates.now(visit.frame(), view));
    }

    @Override
    Uni<TemplateInstance> live() {
        return view().map(Templates::now$live);
    }

    private Uni<View> view() {
        List<Sample> samples = history.samples();
        return Futures.toUni(heartbeats::running)
                .map(found -> found.stream().map(this::row).toList())
                .onFailure()
                .recoverWithNull()
                .map(instances -> view(samples, instances));
    }

    private View view(List<Sample> samples, @Nullable List<InstanceRow> instances) {
        RouterState redis = router.state();
        double all = sum(samples, Sample::perSecond);
        double unknown = sum(samples, Sample::unknown);
        double unknownPercent = all > 0 ? 100 * unknown / all : 0;
        Figure cluster = cluster(redis);
        return new View(
                history.now(),
                verdict(cluster, samples),
                List.of(
                        new Figure("Validations", last(samples, Sample::perSecond, "/s"), "", words(samples)),
                        new Figure(
                                "Unknown, 15 min",
                                Numbers.text(unknown, ""),
                                unknown == 0 ? "good" : unknownPercent <= BUDGET_PERCENT ? "warn" : "bad",
                                Numbers.text(unknownPercent, "%") + " of all; budget " + BUDGET_PERCENT + "%"),
                        new Figure(
                                "Error budget left",
                                Numbers.text(Math.max(0, 100 - 100 * unknownPercent / BUDGET_PERCENT), "%"),
                                unknownPercent == 0 ? "good" : unknownPercent <= BUDGET_PERCENT ? "warn" : "bad",
                                "of the last 15 minutes"),
                        new Figure(
                                "p50" + BREAK + "p99",
                                last(samples, Sample::p50, "ms") + BREAK + last(samples, Sample::p99, "ms"),
                                "",
                                "duration of a validation"),
                        revocations(),
                        cluster),
                charts(samples),
                instances);
    }

    private static List<Chart> charts(List<Sample> samples) {
        return List.of(
                Chart.of(
                        "verdicts",
                        "Verdicts per second",
                        "/s",
                        samples,
                        new Series("active", Sample::active),
                        new Series("inactive", Sample::inactive)),
                Chart.of("unknown", "Unknown per second", "/s", samples, new Series("unknown", Sample::unknown)),
                Chart.of(
                        "latency",
                        "Duration of a validation",
                        "ms",
                        samples,
                        new Series("p50", Sample::p50),
                        new Series("p99", Sample::p99)),
                Chart.of("lag", "Replica lag", "B", samples, new Series("slowest replica", Sample::lagBytes)),
                Chart.of("hits", "Near-cache hit rate", "%", samples, new Series("hits", Sample::hitPercent)));
    }

    /** One line for somebody who has just been woken up. */
    private static String verdict(Figure cluster, List<Sample> samples) {
        if (!samples.isEmpty() && samples.get(samples.size() - 1).unknown() > 0) {
            return "Some answers are unknown now. That logs no user out, but some requests get a 503.";
        }
        return switch (cluster.state()) {
            case "bad" -> "Redis is not whole. Answers about some tokens may be unknown.";
            case "warn" -> "All answers are certain, but the loss of one more node could be felt.";
            default -> "All is well: every answer is certain.";
        };
    }

    private static Figure cluster(RouterState redis) {
        long down = redis.nodes().stream().filter(node -> !node.isUp()).count();
        boolean isWhole = redis.isClusterOk() && redis.slotsCovered() == 16384 && redis.openBreakers() == 0;
        return new Figure(
                "Redis nodes up",
                redis.nodesUp() + " of " + redis.nodes().size(),
                !isWhole ? "bad" : down > 0 ? "warn" : "good",
                redis.slotsCovered() + " of 16384 slots have a master");
    }

    private Figure revocations() {
        Timer timer = registry.find("tokencache.revocation.propagation").timer();
        return timer == null || timer.count() == 0
                ? new Figure("Revocation delay", "none", "", "no near cache, or no revocation yet")
                : new Figure(
                        "Revocation delay",
                        Numbers.text(timer.mean(TimeUnit.MILLISECONDS), "ms"),
                        "",
                        "on average until this instance knows; recently at most "
                                + Numbers.text(timer.max(TimeUnit.MILLISECONDS), "ms"));
    }

    private InstanceRow row(Beat instance) {
        return new InstanceRow(
                instance.id(),
                instance.id().equals(heartbeats.id()),
                instance.version(),
                Numbers.text(instance.load().perSecond(), "/s"),
                Numbers.text(instance.load().unknownPerSecond(), "/s"),
                instance.clockAheadMillis() + " ms");
    }

    private static String words(List<Sample> samples) {
        return "unknown in "
                + samples.stream().filter(sample -> sample.unknown() > 0).count() + " of " + samples.size()
                + " intervals of 5 s";
    }

    private static double sum(List<Sample> samples, ToDoubleFunction<Sample> perSecond) {
        return samples.stream().mapToDouble(perSecond).sum() * MetricHistory.INTERVAL.toSeconds();
    }

    private static String last(List<Sample> samples, ToDoubleFunction<Sample> value, String unit) {
        double last = samples.isEmpty() ? Double.NaN : value.applyAsDouble(samples.get(samples.size() - 1));
        return Double.isNaN(last) ? "–" : Numbers.text(last, unit);
    }
}
