package dev.tokencache.redis;

/** No node served a command in time, or its reply was lost. The message contains no address and no secret. */
public final class RouteException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public RouteException(String message) {
        super(message, null, false, false);
    }
}
