package dev.tokencache.operator.drill;

import dev.tokencache.operator.doctor.Finding;
import dev.tokencache.operator.drill.ClusterState.Node;
import dev.tokencache.operator.drill.ClusterState.Shard;
import dev.tokencache.redis.HashSlot;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Decides whether a drill may start. */
public final class Gate {

    /** A condition that an operator can skip by name. */
    public enum Check {
        DOCTOR,
        CLUSTER,
        REPLICAS,
        JOURNAL,
        HOURS,
        SHARDS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The hours of the day in which a drill may start. The end is exclusive; equal times allow every hour. */
    public record Hours(LocalTime from, LocalTime until) {

        /** Parses {@code 09:00-16:00}. */
        public static Hours parse(String text) {
            try {
                String[] bounds = text.split("-", 2);
                return new Hours(LocalTime.parse(bounds[0]), LocalTime.parse(bounds[1]));
            } catch (RuntimeException malformed) {
                throw new IllegalArgumentException("hours must be like 09:00-16:00");
            }
        }

        boolean contain(LocalTime time) {
            return from.isBefore(until)
                    ? !time.isBefore(from) && time.isBefore(until)
                    : !time.isBefore(from) || time.isBefore(until);
        }

        @Override
        public String toString() {
            return from + "-" + until;
        }
    }

    /** @param parallel at most so many shards at a time */
    public record Limits(Hours hours, int parallel) {}

    /** The drill may not start; it has changed nothing. */
    public static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient List<String> reasons;

        public Refused(List<String> reasons) {
            super(String.join("; ", reasons), null, false, false);
            this.reasons = reasons;
        }

        public List<String> reasons() {
            return reasons;
        }
    }

    private Gate() {}

    /** The reasons against a start, each after the name of its check. */
    public static List<String> reasons(DrillPlan plan, DrillPlan.Conditions conditions, LocalTime now) {
        List<String> reasons = new ArrayList<>();
        for (Check check : Check.values()) {
            if (!conditions.skipped().contains(check)) {
                reasons(check, plan, conditions, now).forEach(reason -> reasons.add(check + ": " + reason));
            }
        }
        return reasons;
    }

    private static List<String> reasons(Check check, DrillPlan plan, DrillPlan.Conditions conditions, LocalTime now) {
        return switch (check) {
            case DOCTOR -> asked(() -> doctor(conditions.doctor().get()));
            case CLUSTER -> cluster(plan.before());
            case REPLICAS -> replicas(plan.before());
            case JOURNAL -> asked(() -> journal(conditions.journalEntries().getAsLong()));
            case HOURS ->
                conditions.limits().hours().contain(now)
                        ? List.of()
                        : List.of("drills are allowed at " + conditions.limits().hours() + ", and it is "
                                + now.withNano(0));
            case SHARDS -> shards(plan, conditions.limits().parallel());
        };
    }

    /** What cannot be asked is not well. */
    private static List<String> asked(Supplier<List<String>> question) {
        try {
            return question.get();
        } catch (RuntimeException unanswered) {
            return List.of("unknown: " + unanswered.getMessage());
        }
    }

    private static List<String> doctor(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.status() == Finding.Status.ERROR)
                .map(finding -> finding.code() + " " + finding.subject() + ": " + finding.evidence())
                .toList();
    }

    private static List<String> cluster(ClusterState state) {
        List<String> reasons = new ArrayList<>();
        long covered =
                Arrays.stream(state.shardOfSlots()).filter(shard -> shard >= 0).count();
        if (covered < HashSlot.COUNT) {
            reasons.add(HashSlot.COUNT - covered + " slots have no master");
        }
        if (state.hasOpenSlots()) {
            reasons.add("a slot is being moved between two nodes");
        }
        state.nodes().stream().filter(Node::isFailed).forEach(node -> reasons.add(node + " is listed as failed"));
        return reasons;
    }

    private static List<String> replicas(ClusterState state) {
        List<String> reasons = new ArrayList<>();
        for (Shard shard : state.shards()) {
            if (shard.replicas().isEmpty()) {
                reasons.add("shard " + shard.name() + " has no replica");
            }
            shard.replicas().forEach(replica -> replica.gap(shard.master()).ifPresent(reasons::add));
        }
        return reasons;
    }

    private static List<String> journal(long entries) {
        return entries == 0 ? List.of() : List.of(entries + " entries wait for Redis");
    }

    /** A minority of the masters, so that the others can always elect new ones. */
    private static List<String> shards(DrillPlan plan, int limit) {
        int minority = Math.max(1, (plan.before().shards().size() - 1) / 2);
        int wanted = plan.settings().parallel();
        return wanted <= Math.min(minority, limit)
                ? List.of()
                : List.of("at most " + Math.min(minority, limit) + " shards at a time, not " + wanted
                        + (limit < minority
                                ? ": tokencache.drill.max-parallel"
                                : ": the other masters must be a majority"));
    }
}
