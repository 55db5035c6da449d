package dev.tokencache.migration.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokencache.cli.AdminCommand;
import dev.tokencache.cli.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "status", mixinStandardHelpOptions = true, description = "Shows the state of the migration.")
final class StatusCommand extends AdminCommand {

    @Option(names = "--json", description = "Print the JSON reply of the service.")
    boolean json;

    @Override
    public Integer call() {
        JsonNode status = api().get(MigrateCommand.MIGRATION);
        if (json) {
            out().println(status);
        } else {
            StatusTable.lines(status).forEach(out()::println);
        }
        return ExitCode.OK.number();
    }
}
