package dev.tokencache.ops;

import dev.tokencache.migration.cli.CommandLines;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** The entry point: starts the service, or runs a command if there are arguments. A command does not start the service. */
@QuarkusMain
public final class Main {

    private Main() {}

    public static void main(String... arguments) {
        NameCache.limit();
        if (arguments.length == 0) {
            Quarkus.run();
        } else {
            System.exit(CommandLines.of(new TokenCacheCommand()).execute(arguments));
        }
    }
}
