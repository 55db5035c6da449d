package dev.tokencache.testing.cluster;

/** An error reply of Redis, such as {@code MOVED 42 127.0.0.1:7701}. */
public final class RespException extends RuntimeException {

    private static final long serialVersionUID = 1;

    RespException(String message) {
        super(message);
    }

    /** Whether the server is still loading its data. */
    boolean isLoading() {
        return code().equals("LOADING");
    }

    /** The first word of the message, such as {@code MOVED}. */
    public String code() {
        String message = String.valueOf(getMessage());
        int space = message.indexOf(' ');
        return space < 0 ? message : message.substring(0, space);
    }
}
