package dev.tokencache.redis;

/** A command found no node that would run it, or its answer was lost. The message holds no address and no secret. */
public final class RouteException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public RouteException(String message) {
        super(message, null, false, false);
    }
}
