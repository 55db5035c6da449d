package dev.tokencache.migration.cli;

/** The exit codes of the commands, for scripts. */
enum ExitCode {
    OK(0),
    NO(1),
    USAGE(2),
    UNAVAILABLE(3),
    DENIED(4);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
