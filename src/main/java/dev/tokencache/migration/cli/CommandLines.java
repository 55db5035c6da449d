package dev.tokencache.migration.cli;

import picocli.CommandLine;

/** How commands end: failures as one line, without a trace. */
public final class CommandLines {

    private CommandLines() {}

    /** The command line of a command and all those below it. */
    public static CommandLine of(Object command) {
        return new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, failed, parsed) -> {
                    if (failure instanceof CommandFailedException told) {
                        failed.getErr().println(told.getMessage());
                        return told.exitCode().number();
                    }
                    throw failure;
                });
    }
}
