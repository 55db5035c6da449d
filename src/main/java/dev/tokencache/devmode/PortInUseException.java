package dev.tokencache.devmode;

/** A port that a Redis server needs belongs to something else. */
public final class PortInUseException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int port;

    PortInUseException(int port) {
        super("port " + port + " of 127.0.0.1 is in use");
        this.port = port;
    }

    /** That port. */
    public int port() {
        return port;
    }
}
