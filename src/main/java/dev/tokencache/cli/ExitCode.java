package dev.tokencache.cli;

/** The exit codes of the commands, for scripts. */
public enum ExitCode {
    OK(0),
    NO(1),
    USAGE(2),
    UNAVAILABLE(3),
    DENIED(4);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** Ends a command with this code and a message for the operator. */
    public Failure failure(String message) {
        return new Failure(this, message);
    }

    public static final class Failure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final ExitCode code;

        private Failure(ExitCode code, String message) {
            super(message, null, false, false);
            this.code = code;
        }

        ExitCode code() {
            return code;
        }
    }
}
