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

/** A port of 127.0.0.1 that leads to another one, and can be cut or stopped up as a network can. */
final class Wire implements AutoCloseable {

    private final ExecutorService threads = Executors.newCachedThreadPool(Wire::daemon);
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final Object stopper = new Object();
    private final int target;
    private final int port;
    private ServerSocket server;
    private boolean stopped;

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

    /** Where it starts. */
    int port() {
        return port;
    }

    /** How many connections were made over it so far. */
    int connections() {
        return connections.get();
    }

    /** Breaks all connections, and refuses others. */
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

    /** Keeps all connections, takes others, and lets nothing through. */
    void stopUp() {
        synchronized (stopper) {
            stopped = true;
        }
    }

    /** Makes all as it was. */
    synchronized void mend() {
        synchronized (stopper) {
            stopped = false;
            stopper.notifyAll();
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

    /** Unless it was cut meanwhile. */
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
            // One end closed it, or the wire was cut.
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void awaitPassage() throws InterruptedException {
        synchronized (stopper) {
            while (stopped) {
                stopper.wait();
            }
        }
    }

    @Override
    public void close() {
        cut();
        threads.shutdownNow();
    }
}
