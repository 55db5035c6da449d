package dev.tokencache.ops;

import dev.tokencache.cli.Commands;
import dev.tokencache.migration.cli.MigrateCommand;
import dev.tokencache.operator.backup.ExportCommand;
import dev.tokencache.operator.backup.ImportCommand;
import dev.tokencache.operator.capacity.CapacityCommand;
import dev.tokencache.operator.doctor.cli.DoctorCommand;
import dev.tokencache.operator.drill.cli.DrillCommand;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import picocli.CommandLine.Command;

/** The entry point: starts the service, or runs a command if there are arguments. A command does not start the service. */
@QuarkusMain
public final class Main {

    @Command(
            name = "token-cache",
            mixinStandardHelpOptions = true,
            version = "token-cache 1.0.0",
            description = "Stores SSO tokens in a Redis Cluster. Without arguments, starts the service.",
            subcommands = {
                CapacityCommand.class,
                DoctorCommand.class,
                DrillCommand.class,
                ExportCommand.class,
                ImportCommand.class,
                MigrateCommand.class
            })
    static final class TokenCacheCommand {}

    private Main() {}

    public static void main(String... arguments) {
        NameCache.limit();
        if (arguments.length == 0) {
            Quarkus.run();
        } else {
            System.exit(Commands.in(new TokenCacheCommand()).execute(arguments));
        }
    }
}
