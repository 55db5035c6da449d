package dev.tokencache.migration.cli;

import picocli.CommandLine;

/** Builds command lines that print a failure as one line, without a stack trace. */
public final class CommandLines {

    private CommandLines() {}

    public static CommandLine of(Object command) {
        return new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, failed, parsed) -> {
                    if (failure instanceof CommandFailedException reported) {
                        failed.getErr().println(reported.getMessage());
                        return reported.exitCode().number();
                    }
                    throw failure;
                });
    }
}
