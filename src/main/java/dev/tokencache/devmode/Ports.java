package dev.tokencache.devmode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The ports of cluster nodes: each also needs the one 10,000 above it, for the cluster bus. */
final class Ports {

    private static final int BUS_OFFSET = 10_000;

    // Below the range that systems take the ports of outgoing connections from; the bus ports too.
    private static final int MIN_FREE = 12_000;
    private static final int END_OF_FREE = 21_700;

    private Ports() {}

    /**
     * Ports that are free now; another process may be faster than whoever asked.
     *
     * @param taken must not be among them
     */
    static List<Integer> free(int count, List<Integer> taken) {
        List<Integer> ports = new ArrayList<>(count);
        while (ports.size() < count) {
            int port = ThreadLocalRandom.current().nextInt(MIN_FREE, END_OF_FREE);
            if (!taken.contains(port) && !ports.contains(port) && isFree(port) && isFree(port + BUS_OFFSET)) {
                ports.add(port);
            }
        }
        return ports;
    }

    /** @throws PortInUseException for the first port that a node cannot have */
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
