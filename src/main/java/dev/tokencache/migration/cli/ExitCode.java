package dev.tokencache.migration.cli;

/** The exit codes of the commands, for scripts. */
enum ExitCode {
    OK(0),
    /** The service refused, or mismatches or failed tokens were found. */
    NO(1),
    /** The arguments are invalid. */
    USAGE(2),
    /** The service or one of its stores is unavailable. */
    UNAVAILABLE(3),
    /** The caller is unknown or lacks the role admin. */
    DENIED(4);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
