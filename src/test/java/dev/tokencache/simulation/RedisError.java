package dev.tokencache.simulation;

/** An error reply of a simulated node, such as {@code WRONGTYPE}. */
final class RedisError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RedisError(String message) {
        super(message, null, false, false);
    }
}
