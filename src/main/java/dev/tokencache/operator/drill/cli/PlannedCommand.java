package dev.tokencache.operator.drill.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokencache.cli.ExitCode;
import dev.tokencache.operator.doctor.Finding;
import dev.tokencache.operator.doctor.cli.NodeCommand;
import dev.tokencache.operator.drill.ClusterState;
import dev.tokencache.operator.drill.DrillPlan;
import dev.tokencache.operator.drill.DrillType;
import dev.tokencache.operator.drill.Gate;
import dev.tokencache.operator.drill.Hook;
import dev.tokencache.operator.drill.HookScript;
import dev.tokencache.operator.drill.NodeAccess;
import dev.tokencache.operator.drill.Nodes;
import dev.tokencache.operator.nodes.NodeLogin;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.token.InvalidRequestException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that decides the steps of a drill. */
abstract class PlannedCommand extends NodeCommand {

    @Parameters(paramLabel = "<type>", description = "${COMPLETION-CANDIDATES}.")
    DrillType type = DrillType.HANDOVER;

    @Option(
            names = "--node",
            paramLabel = "<host:port>",
            split = ",",
            description = {
                "handover, reshard: a node of the shard. lose-*: the node.",
                "rolling: restart only these. By default the first shard, or all nodes."
            })
    List<String> nodeNames = List.of();

    @Option(
            names = "--parallel",
            paramLabel = "<n>",
            defaultValue = "1",
            description = "rolling: shards at a time (1).")
    int parallel = 1;

    @Option(
            names = "--unknown-budget",
            paramLabel = "<seconds>",
            description = "How long an affected shard may be unknown in all. By default it depends on the type.")
    @Nullable
    Double unknownBudget;

    @Option(
            names = "--patience",
            paramLabel = "<seconds>",
            defaultValue = "600",
            description = "How long to wait for a restarted node, or for a replica that cannot take over yet (600).")
    int patience = 600;

    @Option(
            names = {"--hook", "--restart-hook"},
            paramLabel = "<program>",
            description = {
                "Called with <action> <node id> <host> <port>. lose-*: kill. password: password.",
                "rolling: restart; without it, SHUTDOWN, and a supervisor starts the node again."
            })
    @Nullable
    Path hook;

    @Option(
            names = "--restore-hook",
            paramLabel = "<program>",
            description = "lose-*: called with restore; without it, a supervisor starts the node again.")
    @Nullable
    Path restoreHook;

    @Option(names = "--slots", paramLabel = "<n>", defaultValue = "3", description = "reshard: slots to move (3).")
    int slots = 3;

    @Option(
            names = "--service-user",
            paramLabel = "<name>",
            defaultValue = "token-cache",
            description = "password: the user of the service in Redis (token-cache).")
    String serviceUser = "";

    @Option(names = "--new-password-file", paramLabel = "<file>", description = "password: its new password.")
    @Nullable
    Path newPasswordFile;

    @Option(
            names = "--hours",
            paramLabel = "<from-until>",
            description = "When a drill may start, in local time. By default tokencache.drill.hours of the service.")
    @Nullable
    String hours;

    @Option(
            names = "--skip-gate",
            paramLabel = "<name>",
            split = ",",
            description = "Skip: ${COMPLETION-CANDIDATES}. The report names what was skipped.")
    Set<Gate.Check> skipped = Set.of();

    abstract ExitCode with(NodeAccess nodes, DrillPlan plan);

    @Override
    public final Integer call() {
        List<Endpoint> seeds = redis.nodes();
        if (seeds.isEmpty()) {
            throw ExitCode.USAGE.failure("--host must name some nodes of the cluster");
        }
        // Denied, or no service: before anything else.
        journalEntries();
        NodeLogin login = redis.login();
        Vertx vertx = Vertx.vertx();
        try (NodeAccess nodes =
                new NodeAccess(vertx, login.connector(seeds, NodeAccess.TIMEOUT), login.user(), login.password())) {
            return with(nodes, plan(nodes, seeds)).number();
        } catch (Nodes.Failure failure) {
            throw ExitCode.UNAVAILABLE.failure("the cluster cannot be read: " + failure.getMessage());
        } finally {
            vertx.close();
        }
    }

    private DrillPlan plan(NodeAccess nodes, List<Endpoint> seeds) {
        Duration limit = Duration.ofSeconds(patience);
        DrillPlan.Settings settings = new DrillPlan.Settings(
                named(),
                parallel,
                unknownBudget == null ? type.unknownBudget() : Duration.ofMillis(Math.round(unknownBudget * 1000)),
                limit,
                hook(hook, limit),
                hook(restoreHook, limit),
                slots,
                serviceUser,
                newPassword(),
                redis.keyPrefix());
        try {
            return DrillPlan.of(type, ClusterState.read(nodes, seeds), nodes, settings);
        } catch (InvalidRequestException invalid) {
            InvalidRequestException.Violation first = invalid.violations().get(0);
            String option =
                    first.field().equals("nodes") ? "node" : first.field().replace('_', '-');
            throw ExitCode.USAGE.failure("--" + option + " " + first.message());
        }
    }

    private static @Nullable Hook hook(@Nullable Path program, Duration limit) {
        return program == null ? null : new HookScript(program, limit);
    }

    final DrillPlan.Conditions conditions() {
        JsonNode limits = api().get(DrillCommand.DRILL).path("limits");
        try {
            return new DrillPlan.Conditions(
                    this::doctor,
                    this::journalEntries,
                    new Gate.Limits(
                            Gate.Hours.parse(
                                    hours == null ? limits.path("hours").asText() : hours),
                            limits.path("max_parallel").asInt(Integer.MAX_VALUE)),
                    Set.copyOf(skipped));
        } catch (IllegalArgumentException malformed) {
            throw ExitCode.USAGE.failure("--hours must be like 09:00-16:00");
        }
    }

    private List<Finding> doctor() {
        return api().get(DrillCommand.DOCTOR)
                .path("findings")
                .valueStream()
                .map(finding -> new Finding(
                        finding.path("code").asText(),
                        Finding.Status.valueOf(finding.path("status").asText().toUpperCase(Locale.ROOT)),
                        finding.path("subject").asText(),
                        finding.path("evidence").asText()))
                .toList();
    }

    private long journalEntries() {
        return api().get(DrillCommand.JOURNAL).path("entries").asLong();
    }

    final void print(DrillPlan plan) {
        out().println("drill " + plan.type() + ": " + plan.type().summary());
        plan.before().nodes().forEach(node -> out().println(
                        "  " + node + "  " + (node.isMaster() ? "master " : "replica") + "  " + node.version()));
        int number = 1;
        for (String step : plan.stepTexts()) {
            out().println("  " + number++ + ". " + step);
        }
        out().println("hypothesis: " + plan.hypothesis());
        out().flush();
    }

    private List<Endpoint> named() {
        return nodeNames.stream()
                .map(text -> Endpoint.parse(text, "")
                        .orElseThrow(() -> ExitCode.USAGE.failure("--node must be <host>:<port>")))
                .toList();
    }

    private String newPassword() {
        try {
            return newPasswordFile == null
                    ? ""
                    : Files.readString(newPasswordFile).strip();
        } catch (IOException unreadable) {
            throw ExitCode.USAGE.failure("--new-password-file cannot be read");
        }
    }
}
