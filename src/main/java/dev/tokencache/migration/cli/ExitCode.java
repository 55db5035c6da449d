package dev.tokencache.migration.cli;

/** What a command ends with, for scripts. */
enum ExitCode {
    OK(0),
    /** The service said no, or something was found that should not be. */
    NO(1),
    /** The arguments make no sense. */
    USAGE(2),
    /** The service, or a store behind it, gave no answer. */
    UNAVAILABLE(3),
    /** The service does not know the caller, or it lacks the role admin. */
    DENIED(4);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
