package dev.tokencache.operator.drill;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.operator.drill.ClusterState.Shard;
import dev.tokencache.operator.drill.Scores.Score;
import dev.tokencache.token.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What happened in a drill, as JSON: {@code {"report": {...}, "sha256": "..."}} with the SHA-256 of the compact JSON of {@code
 * report}. Durations are in milliseconds.
 */
public record DrillReport(String json) {

    /** Whether the hypothesis held. */
    public enum Verdict {
        HELD,
        BROKEN,
        UNKNOWN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final ObjectMapper JSON = DrillState.JSON;
    private static final String REPORT = "report";
    private static final String SHA_256 = "sha256";

    static DrillReport of(
            String id,
            Verdict verdict,
            List<String> reasons,
            List<Score> scores,
            DrillRun run,
            ZonedDateTime started,
            DrillPlan.Conditions conditions,
            int done) {
        DrillPlan plan = run.plan;
        ObjectNode report = JSON.createObjectNode()
                .put("id", id)
                .put("type", plan.type().toString())
                .put("by", run.site.by())
                .put("verdict", verdict.toString());
        report.set("reasons", JSON.valueToTree(reasons));
        report.put("started", time(started))
                .put("ended", time(run.pace.now()))
                .put("hypothesis", plan.hypothesis())
                .put("unknown_budget", plan.settings().unknownBudget().toMillis())
                .put("steps", plan.steps().size())
                .put("steps_done", done);
        report.set(
                "skipped_gates",
                JSON.valueToTree(conditions.skipped().stream()
                        .map(Gate.Check::toString)
                        .sorted()
                        .toList()));
        measurements(report.putObject("measured"), plan, scores, run);
        shards(report.putArray("shards"), plan, scores);
        members(report.putArray("before"), plan.before());
        try {
            members(report.putArray("after"), run.cluster());
        } catch (Nodes.Failure unreachable) {
            // No node replies; the timeline says why.
        }
        report.set("timeline", JSON.valueToTree(run.timeline()));
        ArrayNode left = report.putArray("left");
        run.left().forEach(undone -> left.addObject().put("what", undone.text()).put("command", undone.command()));
        if (verdict != Verdict.HELD) {
            plan.continuation(done).ifPresent(command -> report.put("continue_with", command));
        }
        return hashed(report);
    }

    private static DrillReport hashed(ObjectNode report) {
        String hash = HexFormat.of().formatHex(Sha256.hash(report.toString().getBytes(StandardCharsets.UTF_8)));
        ObjectNode whole = JSON.createObjectNode();
        whole.set(REPORT, report);
        return new DrillReport(whole.put(SHA_256, hash).toString());
    }

    /** The columns of docs/faults.md; a time is absent if there was no such moment. */
    private static void measurements(ObjectNode to, DrillPlan plan, List<Score> scores, DrillRun run) {
        // A roll has several hand-overs.
        OptionalLong recovered = plan.type() == DrillType.ROLLING ? OptionalLong.empty() : run.recoveredNanos();
        long struck = run.struckNanos().orElse(0);
        long reads = 0;
        long writes = 0;
        long longestElsewhere = 0;
        for (Shard shard : plan.before().shards()) {
            Score score = scores.get(shard.index());
            if (plan.affected().contains(shard.index())) {
                reads = Math.max(reads, score.lastUnknownReadNanos());
                writes = Math.max(writes, score.lastUnknownWriteNanos());
            } else {
                longestElsewhere = Math.max(longestElsewhere, score.unknown().toMillis());
            }
        }
        if (run.struckNanos().isPresent()) {
            recovered.ifPresent(at -> to.put("cluster_recovered_after", millis(at - struck)));
            until(to, "reads", reads, struck, recovered);
            until(to, "writes", writes, struck, recovered);
        }
        to.put("false_inactive", sum(scores, Score::falseInactive))
                .put("revoked_active", sum(scores, Score::revokedActive))
                .put("no_response", sum(scores, Score::noResponse))
                .put("acknowledged", sum(scores, Score::acknowledged))
                .put("lost", sum(scores, Score::lost))
                .put("other_shards_unknown", longestElsewhere)
                .put(
                        "longest_call",
                        scores.stream()
                                .mapToLong(score -> score.longest().toMillis())
                                .max()
                                .orElse(0))
                .put("machine_stalled", run.stalled().toMillis());
    }

    private static void until(ObjectNode to, String what, long last, long struck, OptionalLong recovered) {
        if (last > 0) {
            to.put(what + "_unknown_until", millis(Math.max(0, last - struck)));
            recovered.ifPresent(at -> to.put(what + "_after_recovery", millis(Math.max(0, last - at))));
        }
    }

    private static long sum(List<Score> scores, java.util.function.ToLongFunction<Score> field) {
        return scores.stream().mapToLong(field).sum();
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }

    private static void shards(ArrayNode to, DrillPlan plan, List<Score> scores) {
        for (Shard shard : plan.before().shards()) {
            Score score = scores.get(shard.index());
            to.addObject()
                    .put("slots", shard.name())
                    .put("affected", plan.affected().contains(shard.index()))
                    .put("calls", score.answers())
                    .put("served", score.served())
                    .put("unknown_reads", score.unknownReads().toMillis())
                    .put("unknown_writes", score.unknownWrites().toMillis())
                    .put("false_inactive", score.falseInactive())
                    .put("revoked_active", score.revokedActive())
                    .put("no_response", score.noResponse())
                    .put("acknowledged", score.acknowledged())
                    .put("lost", score.lost())
                    .put("unchecked", score.unchecked());
        }
    }

    private static void members(ArrayNode to, ClusterState state) {
        state.nodes().forEach(node -> to.addObject()
                .put("node", node.toString())
                .put("id", node.id())
                .put("role", node.isMaster() ? "master" : "replica")
                .put("master", node.isMaster() ? "" : node.line().masterId())
                .put("failed", node.isFailed())
                .put("version", node.version()));
    }

    static String time(ZonedDateTime time) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.truncatedTo(ChronoUnit.MILLIS));
    }

    /** The part under the hash. */
    public JsonNode report() {
        return whole().path(REPORT);
    }

    public String sha256() {
        return whole().path(SHA_256).asText();
    }

    /** Whether the report is as it was written. */
    public boolean isIntact() {
        return hashed((ObjectNode) report()).sha256().equals(sha256());
    }

    public Verdict verdict() {
        return Verdict.valueOf(report().path("verdict").asText().toUpperCase(Locale.ROOT));
    }

    private JsonNode whole() {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException notJson) {
            throw new IllegalStateException("the report is not JSON", notJson);
        }
    }
}
