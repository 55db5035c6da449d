package dev.tokencache.devmode;

/** Another program uses a port that a Redis server needs. */
public final class PortInUseException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int port;

    PortInUseException(int port) {
        super("port " + port + " of 127.0.0.1 is in use");
        this.port = port;
    }

    public int port() {
        return port;
    }
}
