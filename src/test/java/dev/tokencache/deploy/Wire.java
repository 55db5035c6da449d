package dev.tokencache.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A TCP proxy on 127.0.0.1 that can break connections or stall, as a network can. */
final class Wire implements AutoCloseable {

    private final ExecutorService threads = Executors.newCachedThreadPool(Wire::daemon);
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final Object stallLock = new Object();
    private final int target;
    private final int port;
    private ServerSocket server;
    private boolean stalled;

    private Wire(int target) throws IOException {
        this.target = target;
        this.server = listen(0);
        this.port = server.getLocalPort();
    }

    static Wire to(int target) {
        try {
            Wire wire = new Wire(target);
            wire.acceptFrom(wire.server);
            return wire;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "wire");
        thread.setDaemon(true);
        return thread;
    }

    private static ServerSocket listen(int port) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return server;
    }

    /** The port of the proxy. */
    int port() {
        return port;
    }

    /** The number of connections so far. */
    int connections() {
        return connections.get();
    }

    /** Breaks all connections and refuses new ones. */
    synchronized void cut() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stalls: keeps all connections and accepts new ones, but forwards nothing. */
    void stall() {
        synchronized (stallLock) {
            stalled = true;
        }
    }

    /** Forwards again and accepts new connections. */
    synchronized void mend() {
        synchronized (stallLock) {
            stalled = false;
            stallLock.notifyAll();
        }
        if (server.isClosed()) {
            try {
                server = listen(port);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            acceptFrom(server);
        }
    }

    private void acceptFrom(ServerSocket listening) {
        threads.execute(() -> accept(listening));
    }

    private void accept(ServerSocket listening) {
        while (true) {
            try {
                Socket near = listening.accept();
                connections.incrementAndGet();
                join(listening, near, new Socket(InetAddress.getLoopbackAddress(), target));
            } catch (IOException cut) {
                return;
            }
        }
    }

    /** Connects both sides, unless the wire was cut meanwhile. */
    private synchronized void join(ServerSocket listening, Socket near, Socket far) throws IOException {
        if (listening.isClosed()) {
            near.close();
            far.close();
            return;
        }
        sockets.add(near);
        sockets.add(far);
        threads.execute(() -> pump(near, far));
        threads.execute(() -> pump(far, near));
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[16 * 1024];
        try (from;
                to) {
            for (int length; (length = from.getInputStream().read(buffer)) >= 0; ) {
                awaitPassage();
                to.getOutputStream().write(buffer, 0, length);
            }
        } catch (IOException | InterruptedException over) {
            // One side closed the connection, or the wire was cut.
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void awaitPassage() throws InterruptedException {
        synchronized (stallLock) {
            while (stalled) {
                stallLock.wait();
            }
        }
    }

    @Override
    public void close() {
        cut();
        threads.shutdownNow();
    }
}
