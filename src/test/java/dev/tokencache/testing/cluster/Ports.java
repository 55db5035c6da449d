package dev.tokencache.testing.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports for cluster nodes. Each node also uses the port 10,000 above its own, for the cluster bus. */
public final class Ports {

    private static final int BUS_OFFSET = 10_000;

    // Ports and bus ports are below the range of ephemeral ports.
    private static final int MIN_FREE = 12_000;
    private static final int END_OF_FREE = 21_700;

    public static final class PortInUseException extends RuntimeException {

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

    private Ports() {}

    /** A port that is free now and not in {@code taken}. Another process may take it at any time. */
    public static int free(List<Integer> taken) {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(MIN_FREE, END_OF_FREE);
            if (!taken.contains(port) && isFree(port) && isFree(port + BUS_OFFSET)) {
                return port;
            }
        }
    }

    /** @throws PortInUseException for the first port, or bus port, that is in use */
    static void requireFree(List<Integer> ports) {
        for (int port : ports) {
            if (!isFree(port)) {
                throw new PortInUseException(port);
            }
            if (!isFree(port + BUS_OFFSET)) {
                throw new PortInUseException(port + BUS_OFFSET);
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException inUse) {
            return false;
        }
    }
}
