package dev.tokencache.redis;

/** Redis answered a command with an error that is no matter of routing. */
public final class RedisErrorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String code;

    /** @param reply the error as Redis wrote it; only its first word is kept, since the rest may quote arguments */
    public RedisErrorException(String reply) {
        super("Redis answered with " + reply.split(" ", 2)[0], null, false, false);
        this.code = reply.split(" ", 2)[0];
    }

    /** The first word of the error, such as {@code NOSCRIPT} or {@code OOM}. */
    public String code() {
        return code;
    }
}
