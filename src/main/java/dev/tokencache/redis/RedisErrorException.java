package dev.tokencache.redis;

/** An error reply to a command, other than a redirection. */
public final class RedisErrorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String code;

    /** @param reply the error as Redis sent it; only its first word is stored, because the rest may quote arguments */
    public RedisErrorException(String reply) {
        super("Redis returned " + reply.split(" ", 2)[0], null, false, false);
        this.code = reply.split(" ", 2)[0];
    }

    /** The first word of the error, such as {@code NOSCRIPT} or {@code OOM}. */
    public String code() {
        return code;
    }
}
