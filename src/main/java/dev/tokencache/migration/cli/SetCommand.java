package dev.tokencache.migration.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.cli.AdminApi;
import dev.tokencache.cli.AdminCommand;
import dev.tokencache.cli.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "set",
        mixinStandardHelpOptions = true,
        description = "Changes the phase (one step forward, any number back) or the percentages.")
final class SetCommand extends AdminCommand {

    @Parameters(
            arity = "0..1",
            paramLabel = "<phase>",
            description = "legacy, mirror, ramp, cluster or done; default: the current phase.")
    @Nullable
    String phase;

    @Option(
            names = "--read-percent",
            paramLabel = "<percent>",
            description = "In ramp: of 100 tokens, how many are read from the cluster first.")
    @Nullable
    Integer readPercent;

    @Option(
            names = "--mirror-percent",
            paramLabel = "<percent>",
            description = "Of 100 validations, how many are compared.")
    @Nullable
    Integer mirrorPercent;

    @Option(names = "--force", description = "Advance without the evidence.")
    boolean force;

    @Override
    public Integer call() {
        ObjectNode change = AdminApi.JSON
                .createObjectNode()
                .put("phase", phase)
                .put("read_percent", readPercent)
                .put("mirror_percent", mirrorPercent);
        change.properties().removeIf(member -> member.getValue().isNull());
        if (change.isEmpty()) {
            throw ExitCode.USAGE.failure("a phase, --read-percent or --mirror-percent is required");
        }
        if (force) {
            change.put("force", true);
        }
        JsonNode status = api().put(MigrateCommand.MIGRATION, change);
        StatusTable.lines(status).forEach(out()::println);
        return ExitCode.OK.number();
    }
}
