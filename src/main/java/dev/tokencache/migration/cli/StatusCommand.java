package dev.tokencache.migration.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "status", mixinStandardHelpOptions = true, description = "Shows the state of the migration.")
final class StatusCommand implements Callable<Integer> {

    @Mixin
    final Connection connection = new Connection();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print the JSON reply of the service.")
    boolean json;

    @Override
    public Integer call() {
        JsonNode status = connection.api().get(AdminApi.MIGRATION);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(status);
        } else {
            StatusTable.lines(status).forEach(out::println);
        }
        return ExitCode.OK.number();
    }
}
