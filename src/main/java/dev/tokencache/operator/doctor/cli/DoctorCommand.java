package dev.tokencache.operator.doctor.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokencache.cli.Display;
import dev.tokencache.cli.ExitCode;
import dev.tokencache.cli.Retry;
import dev.tokencache.operator.doctor.Check;
import dev.tokencache.operator.doctor.Checks;
import dev.tokencache.operator.doctor.ClusterFacts;
import dev.tokencache.operator.doctor.Diagnosis;
import dev.tokencache.operator.doctor.NodeFacts;
import dev.tokencache.operator.doctor.Reading;
import dev.tokencache.operator.doctor.facts.RedisConfFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Checks a Redis Cluster for what makes a service of tokens fail, and says how to fix it. Reads only.",
            "Asks a running service (--live, the default), the nodes themselves (--host), or reads files (--config)."
        },
        footer = {
            "",
            "Exit codes: 0 no finding at the threshold, 1 findings, 2 invalid arguments, 3 nothing replies, 4 login refused."
        })
public final class DoctorCommand extends NodeCommand {

    enum Format {
        TABLE,
        JSON,
        JUNIT
    }

    enum Threshold {
        WARN,
        ERROR
    }

    private static final Duration PAUSE = Duration.ofSeconds(5);

    @Option(names = "--live", description = "Ask the service at --url.")
    boolean live;

    @Option(
            names = "--pre",
            description = "Ask the nodes of --host, or read the files of --config: no service is needed.")
    boolean pre;

    @Option(names = "--config", paramLabel = "<file>", description = "A redis.conf of a node. Can be repeated.")
    List<Path> files = new ArrayList<>();

    @Option(names = "--only", paramLabel = "<code>", split = ",", description = "Run only these checks.")
    List<String> only = new ArrayList<>();

    @Option(names = "--skip", paramLabel = "<code>", split = ",", description = "Do not run these checks.")
    List<String> skip = new ArrayList<>();

    @Option(
            names = "--fail-on",
            paramLabel = "warn|error",
            description = "The least severe finding that makes the exit code 1 (error). Unknown counts as warn.")
    Threshold failOn = Threshold.ERROR;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json|junit",
            description = "The format (table).")
    Format format = Format.TABLE;

    @Option(names = "--watch", description = "Repeat until no finding reaches the threshold.")
    boolean watch;

    @Option(
            names = "--bundle",
            paramLabel = "<file>",
            description = "Write a zip for a support case: findings and facts, without secrets and tokens.")
    @Nullable
    Path bundle;

    @Option(
            names = "--fix",
            description =
                    "With --host: print the commands that fix findings, and run those that can be undone, after a yes.")
    boolean fix;

    private final List<Check> all;
    private final Supplier<String> answers;

    public DoctorCommand() {
        this(Checks.all(), () -> {
            Scanner typed = new Scanner(System.in);
            return typed.hasNextLine() ? typed.nextLine() : "";
        });
    }

    /** @param answers what the operator types */
    DoctorCommand(List<Check> all, Supplier<String> answers) {
        this.all = all;
        this.answers = answers;
    }

    /** @param facts null if a service read them */
    private record Result(JsonNode report, @Nullable Diagnosis local) {}

    @Override
    public Integer call() {
        List<Check> selected = checkOptions();
        String last = "";
        while (true) {
            Result result = run(selected);
            JsonNode findings = result.report().path("findings");
            boolean isBad = isBad(findings);
            if (!findings.toString().equals(last)) {
                print(result.report());
            }
            last = findings.toString();
            if (!watch || !isBad) {
                finish(result);
                return (isBad ? ExitCode.NO : ExitCode.OK).number();
            }
            Retry.sleep(PAUSE);
        }
    }

    private List<Check> checkOptions() {
        boolean isLocal = pre || !redis.nodes().isEmpty() || !files.isEmpty();
        if (live && isLocal) {
            throw ExitCode.USAGE.failure("--live excludes --pre, --host and --config");
        }
        if (isLocal && redis.nodes().isEmpty() == files.isEmpty()) {
            throw ExitCode.USAGE.failure("--pre needs either --host or --config");
        }
        if (fix && redis.nodes().isEmpty()) {
            throw ExitCode.USAGE.failure("--fix needs --host: only then there is a connection to Redis");
        }
        try {
            return Diagnosis.select(all, only, skip);
        } catch (IllegalArgumentException unknown) {
            String codes = all.stream().map(Check::code).collect(Collectors.joining(", "));
            throw ExitCode.USAGE.failure("--" + unknown.getMessage() + " has an unknown code; the codes are " + codes);
        }
    }

    private Result run(List<Check> selected) {
        if (redis.nodes().isEmpty() && files.isEmpty()) {
            String query = query("only", only) + query("skip", skip);
            return new Result(api().get("/v1/admin/doctor" + (query.isEmpty() ? "" : "?" + query.substring(1))), null);
        }
        List<NodeFacts> nodes = redis.nodes().isEmpty() ? readFiles() : readNodes();
        ClusterFacts facts =
                new ClusterFacts(Instant.now(), nodes, Reading.unknown("doctor did not ask a running service"));
        Diagnosis diagnosis = Diagnosis.of(facts, selected);
        return new Result(diagnosis.json(), diagnosis);
    }

    private static String query(String name, List<String> codes) {
        return codes.isEmpty() ? "" : "&" + name + "=" + String.join(",", codes);
    }

    private List<NodeFacts> readFiles() {
        try {
            return new RedisConfFiles().read(files);
        } catch (IllegalArgumentException unreadable) {
            throw ExitCode.USAGE.failure("--config: " + unreadable.getMessage());
        }
    }

    private List<NodeFacts> readNodes() {
        Display display = Display.on(spec.commandLine().getErr());
        try (Connections connections = new Connections(redis.nodes(), redis.login())) {
            List<NodeFacts> facts = connections.facts(
                    redis.keyPrefix(), (done, total) -> display.showBar("reading nodes", done, total));
            display.end();
            requireAnswer(facts);
            return facts;
        }
    }

    private static void requireAnswer(List<NodeFacts> facts) {
        if (facts.stream()
                .noneMatch(node -> node.info().isKnown() || node.view().isKnown())) {
            String reason = facts.get(0).info().reason();
            boolean isRefused = reason.contains("password") || reason.contains("reply=NO");
            // The reasons name settings of the service.
            String here = reason.replace("quarkus.tls.<name>.trust-store", "--ca-file")
                    .replace("rediss://", "--tls")
                    .replace(" (quarkus.tls.<name>.hostname-verification-algorithm)", "");
            throw (isRefused ? ExitCode.DENIED : ExitCode.UNAVAILABLE).failure("no node can be read: " + here);
        }
    }

    private boolean isBad(JsonNode findings) {
        return findings.valueStream()
                .map(finding -> finding.path("status").asText())
                .anyMatch(status -> status.equals("error") || (failOn == Threshold.WARN && !status.equals("ok")));
    }

    private void print(JsonNode report) {
        switch (format) {
            case TABLE -> DoctorTable.lines(report).forEach(out()::println);
            case JSON -> out().println(report.toPrettyString());
            case JUNIT -> out().print(JUnitReport.of(report));
        }
        out().flush();
    }

    private void finish(Result result) {
        Diagnosis local = result.local();
        if (bundle != null) {
            Bundle.write(bundle, result.report(), local == null ? null : local.facts());
        }
        if (fix && local != null) {
            Fixes fixes = Fixes.of(local);
            fixes.print(out());
            if (!fixes.isEmpty() && answers.get().strip().equals("yes")) {
                try (Connections connections = new Connections(redis.nodes(), redis.login())) {
                    fixes.apply(connections, out());
                }
            }
        }
    }
}
