package dev.tokencache.ops;

import dev.tokencache.migration.cli.CommandLines;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Where the program starts: without arguments as the service, with arguments as a command, for which nothing else is started. */
@QuarkusMain
public final class Main {

    private Main() {}

    public static void main(String... arguments) {
        if (arguments.length == 0) {
            Quarkus.run();
        } else {
            System.exit(CommandLines.of(new TokenCacheCommand()).execute(arguments));
        }
    }
}
