package dev.tokencache.cli;

import picocli.CommandLine;

/** How every command line of the service behaves. */
public final class Commands {

    private Commands() {}

    /** A command line that prints a failure of a command as one line, without a stack trace. */
    public static CommandLine in(Object command) {
        return new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((thrown, failed, parsed) -> {
                    if (thrown instanceof ExitCode.Failure failure) {
                        failed.getErr().println(failure.getMessage());
                        return failure.code().number();
                    }
                    throw thrown;
                });
    }
}
