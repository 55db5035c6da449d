package dev.tokencache.operator.drill;

import dev.tokencache.operator.doctor.Finding;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.token.InvalidRequestException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The steps of a drill, decided from the state of the cluster before it. */
public record DrillPlan(
        DrillType type, ClusterState before, List<Step> steps, Set<Integer> affected, Settings settings) {

    /** How long the verdicts of a shard may be unknown that the drill does not touch. */
    static final Duration OTHER_SHARDS = Duration.ofSeconds(1);

    /**
     * What an operator decides.
     *
     * @param nodes that the drill is about; empty for the default of its type
     * @param parallel how many shards the drill touches at a time
     * @param patience how long a restarted node may take until it is in sync
     * @param hook kills, restarts or configures; null if there is none
     * @param restoreHook starts a killed node again; null if a supervisor does that
     * @param newPassword of the service's user in Redis
     */
    public record Settings(
            List<Endpoint> nodes,
            int parallel,
            Duration unknownBudget,
            Duration patience,
            @Nullable Hook hook,
            @Nullable Hook restoreHook,
            int slots,
            String serviceUser,
            String newPassword,
            String keyPrefix) {}

    /**
     * What must be well before the first step.
     *
     * @param doctor runs doctor
     * @param journalEntries reads how many entries wait in the journal of the service
     */
    public record Conditions(
            Supplier<List<Finding>> doctor, LongSupplier journalEntries, Gate.Limits limits, Set<Gate.Check> skipped) {}

    /**
     * @param node that the step is about; null if it is about several
     * @param shard that the step is about; -1 for all
     */
    record Step(String text, int shard, @Nullable Endpoint node, Action action) {}

    @FunctionalInterface
    interface Action {
        void run(DrillRun run);
    }

    /** Decides the steps. Throws {@link InvalidRequestException} if the type does not fit the cluster or the settings. */
    public static DrillPlan of(DrillType type, ClusterState cluster, Nodes nodes, Settings settings) {
        for (Endpoint node : settings.nodes()) {
            if (!cluster.addresses().contains(node)) {
                throw new InvalidRequestException("nodes", "must be nodes of the cluster: " + cluster.addresses());
            }
        }
        List<Step> steps =
                switch (type) {
                    case HANDOVER -> Handover.steps(cluster, settings);
                    case ROLLING -> Rolling.steps(cluster, settings);
                    case LOSE_MASTER -> Loss.steps(cluster, settings, true);
                    case LOSE_REPLICA -> Loss.steps(cluster, settings, false);
                    case PASSWORD -> PasswordChange.steps(cluster, nodes, settings);
                    case RESHARD -> Reshard.steps(cluster, settings);
                };
        Set<Integer> affected = steps.stream().map(Step::shard).collect(Collectors.toSet());
        if (affected.remove(-1)) {
            cluster.shards().forEach(shard -> affected.add(shard.index()));
        }
        return new DrillPlan(type, cluster, List.copyOf(steps), Set.copyOf(affected), settings);
    }

    /** The shard that the operator named a node of, or the first one. */
    static ClusterState.Shard shard(ClusterState cluster, Settings settings) {
        List<ClusterState.Shard> shards = cluster.shards();
        if (shards.isEmpty()) {
            throw new InvalidRequestException("type", "the cluster has no master with slots");
        }
        if (settings.nodes().size() > 1) {
            throw new InvalidRequestException("nodes", "must be one node for this type");
        }
        return settings.nodes().stream()
                .flatMap(node -> shards.stream().filter(shard -> shard.has(node)))
                .findFirst()
                .orElse(shards.get(0));
    }

    public List<String> stepTexts() {
        return steps.stream().map(Step::text).toList();
    }

    /** Which part of the steps about a shard is among the first ones, from 0 to 1. */
    public double done(int shard, int done) {
        long all = about(shard, steps.size());
        return all == 0 ? 1 : (double) about(shard, done) / all;
    }

    private long about(int shard, int first) {
        return steps.stream()
                .limit(first)
                .filter(step -> step.shard() == shard || step.shard() < 0)
                .count();
    }

    public String hypothesis() {
        return "Validations and writes are unknown for at most " + seconds(settings.unknownBudget())
                + " in all in each affected shard, and for at most " + seconds(OTHER_SHARDS)
                + " in any other. 0 live tokens are reported inactive, 0 expired tokens active, and 0 acknowledged writes"
                + " are lost.";
    }

    /** What contradicts the hypothesis so far. */
    List<String> contradictions(List<Scores.Score> scores) {
        List<String> found = new ArrayList<>();
        for (ClusterState.Shard shard : before.shards()) {
            Scores.Score score = scores.get(shard.index());
            Duration budget = affected.contains(shard.index()) ? settings.unknownBudget() : OTHER_SHARDS;
            add(found, shard, score.falseInactive(), "live tokens were reported inactive");
            add(found, shard, score.revokedActive(), "expired tokens were reported active");
            add(found, shard, score.lost(), "acknowledged writes were lost");
            if (score.unknown().compareTo(budget) > 0) {
                found.add("shard " + shard.name() + ": unknown for " + seconds(score.unknown()) + ", the budget is "
                        + seconds(budget));
            }
        }
        return found;
    }

    private static void add(List<String> found, ClusterState.Shard shard, long count, String what) {
        if (count > 0) {
            found.add("shard " + shard.name() + ": " + count + " " + what);
        }
    }

    /** The command that does the rest, if the drill ended before this step. */
    Optional<String> continuation(int firstUndone) {
        if (type != DrillType.ROLLING || firstUndone >= steps.size()) {
            return Optional.empty();
        }
        return Optional.of("drill run " + type
                + steps.subList(firstUndone, steps.size()).stream()
                        .filter(step -> step.text().startsWith(Rolling.RESTART))
                        .map(step -> " --node " + step.node())
                        .collect(Collectors.joining()));
    }

    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1000.0);
    }
}
