package dev.tokencache.operator.capacity;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.cli.ExitCode;
import dev.tokencache.operator.capacity.Sizing.Load;
import dev.tokencache.operator.capacity.Sizing.Machines;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Connects to nothing. */
@Command(
        name = "capacity",
        mixinStandardHelpOptions = true,
        description = "Says how many instances, masters and gigabytes a load needs, from the costs in docs/scaling.md.")
public final class CapacityCommand implements Callable<Integer> {

    private static final double GIGABYTE = 1e9;

    @Option(names = "--validations", paramLabel = "<n>", required = true, description = "Validations per second.")
    double validations;

    @Option(names = "--logins", paramLabel = "<n>", required = true, description = "Logins per minute.")
    double logins;

    @Option(
            names = "--lifetime",
            paramLabel = "<time>",
            defaultValue = "8h",
            description = "How long a token lives: 30m, 8h, 14d. Default: ${DEFAULT-VALUE}.")
    String lifetime = "";

    @Option(
            names = "--claims",
            paramLabel = "<bytes>",
            defaultValue = "0",
            description = "Bytes of claims per token. Default: ${DEFAULT-VALUE}.")
    int claims;

    @Option(
            names = "--cores",
            paramLabel = "<n>",
            defaultValue = "2",
            description = "Cores of an instance. Default: ${DEFAULT-VALUE}.")
    int cores;

    @Option(
            names = "--node-memory",
            paramLabel = "<GB>",
            defaultValue = "8",
            description = "Memory of a Redis node. Default: ${DEFAULT-VALUE}.")
    double nodeMemory;

    @Option(
            names = "--min-replicas",
            paramLabel = "<n>",
            defaultValue = "1",
            description = "tokencache.redis.min-replicas. Default: ${DEFAULT-VALUE}.")
    int minReplicas;

    @Option(names = "--near-cache", description = "The instances have a near cache.")
    boolean nearCache;

    @Option(
            names = "--slowness",
            paramLabel = "<factor>",
            defaultValue = "1",
            description =
                    "How much longer a call takes here than in docs/scaling.md (bench/costs). Default: ${DEFAULT-VALUE}.")
    double slowness;

    @Option(names = "--json", description = "Print the JSON.")
    boolean json;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        require("--validations", validations, 0, 1e9);
        require("--logins", logins, 0, 1e9);
        require("--claims", claims, 0, 4096);
        require("--cores", cores, 1, 1024);
        require("--node-memory", nodeMemory, 0.1, 1e5);
        require("--min-replicas", minReplicas, 0, 5);
        require("--slowness", slowness, 0.01, 100);
        Load load = new Load(validations, logins / 60, duration(), claims);
        Sizing sizing = Sizing.of(load, new Machines(cores, nodeMemory * GIGABYTE, minReplicas, nearCache, slowness));
        command().getOut().print(json ? json(sizing) + System.lineSeparator() : text(sizing));
        command().getOut().flush();
        return ExitCode.OK.number();
    }

    private CommandLine command() {
        return Objects.requireNonNull(spec).commandLine();
    }

    private void require(String option, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new ParameterException(
                    command(), String.format(Locale.ROOT, "%s must be from %s to %s", option, plain(min), plain(max)));
        }
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }

    private Duration duration() {
        String text = lifetime.strip().toUpperCase(Locale.ROOT);
        try {
            Duration duration = Duration.parse(text.endsWith("D") ? "P" + text : "PT" + text);
            require(
                    "--lifetime in seconds",
                    duration.toSeconds(),
                    1,
                    Duration.ofDays(3660).toSeconds());
            return duration;
        } catch (DateTimeParseException malformed) {
            throw new ParameterException(command(), "--lifetime must be like 30m, 8h or 14d");
        }
    }

    private String text(Sizing sizing) {
        return String.format(
                Locale.ROOT,
                """
                live tokens              %,.0f, of %,.0f bytes each
                busy cores               %.2f of the service, %.2f of the masters
                memory that masters hold %.1f GB, and their replicas as much again
                deploy at least          %d instances of %d cores
                                         %d masters of %s GB with a replica each
                connections to a node    %d
                """,
                sizing.liveTokens(),
                sizing.bytesPerToken(),
                sizing.serviceCores(),
                sizing.masterCores(),
                sizing.masterBytes() / GIGABYTE,
                sizing.instances(),
                cores,
                sizing.masters(),
                plain(nodeMemory),
                sizing.connectionsPerNode());
    }

    private static ObjectNode json(Sizing sizing) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("live_tokens", Math.round(sizing.liveTokens()))
                .put("bytes_per_token", Math.round(sizing.bytesPerToken()))
                .put("master_bytes", Math.round(sizing.masterBytes()))
                .put("service_cores", sizing.serviceCores())
                .put("master_cores", sizing.masterCores())
                .put("instances", sizing.instances())
                .put("masters", sizing.masters())
                .put("connections_per_node", sizing.connectionsPerNode());
    }
}
