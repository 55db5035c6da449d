package dev.tokencache.testing.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy that delays, holds, loses and breaks traffic, as a network can. Thread-safe.
 *
 * <p>Between the service and one Redis node, {@link #reroute} makes the service use the proxy instead of the node. If the
 * client speaks RESP, the proxy can also catch a single command: {@link #holdNext}, {@link #copyNext},
 * {@link #loseReplyToNext}. A held command reaches the server after its release even if the client has closed the
 * connection in the meantime.
 */
public final class TcpFaultProxy implements AutoCloseable {

    /** A direction of the traffic. */
    public enum Direction {
        /** From the client to the server. */
        REQUESTS,
        /** From the server to the client. */
        REPLIES
    }

    private final ExecutorService threads = Executors.newCachedThreadPool(TcpFaultProxy::daemon);
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final Passage requests = new Passage();
    private final Passage replies = new Passage();
    private final InetSocketAddress target;
    private final InetSocketAddress local;
    private ServerSocket server;
    private Future<?> accepting = CompletableFuture.completedFuture(null);

    private TcpFaultProxy(InetSocketAddress local, InetSocketAddress target) throws IOException {
        this.target = target;
        this.server = listen(local);
        this.local = new InetSocketAddress(local.getAddress(), server.getLocalPort());
    }

    /** A proxy for a port of 127.0.0.1, on another port of it. */
    public static TcpFaultProxy to(int target) {
        // Not a port of outgoing connections: while the proxy is cut, one of these could take it, or connect to itself.
        return between(loopback(Ports.free(List.of())), loopback(target));
    }

    /** A proxy that listens on one address and connects to another. */
    public static TcpFaultProxy between(InetSocketAddress local, InetSocketAddress target) {
        try {
            TcpFaultProxy proxy = new TcpFaultProxy(local, target);
            proxy.acceptFrom(proxy.server);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "tcp-fault-proxy");
        thread.setDaemon(true);
        return thread;
    }

    private static ServerSocket listen(InetSocketAddress address) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(address);
        return server;
    }

    /** The port of the proxy. */
    public int port() {
        return local.getPort();
    }

    /** The number of connections so far. */
    public int connections() {
        return connections.get();
    }

    /**
     * A copy of the settings of a service in which the proxy replaces its server, both among the configured hosts and
     * among the addresses that the cluster announces.
     */
    public Map<String, String> reroute(Map<String, String> settings) {
        String announced = "127.0.0.1:" + target.getPort();
        String reachable = "127.0.0.1:" + port();
        Map<String, String> rerouted = new HashMap<>(settings);
        rerouted.computeIfPresent(
                "quarkus.redis.hosts",
                (name, hosts) -> hosts.replaceAll("\\Q" + announced + "\\E(?![0-9])", reachable));
        rerouted.merge(
                "tokencache.redis.address-map", announced + "=" + reachable, (others, own) -> others + "," + own);
        return rerouted;
    }

    /** Delays both directions by half of this round-trip time each. Traffic keeps its order and its rate. */
    public void delay(Duration roundTrip) {
        requests.delay(roundTrip.dividedBy(2));
        replies.delay(roundTrip.dividedBy(2));
    }

    /** Loses this share of the packets of both directions. TCP sends a lost packet again, so it arrives late. */
    public void lose(double share) {
        requests.lose(share);
        replies.lose(share);
    }

    /** Holds back both directions: keeps all connections and accepts new ones, but forwards nothing. */
    public void stall() {
        hold(Direction.REQUESTS);
        hold(Direction.REPLIES);
    }

    /** Holds back one direction, as a loss of packets does in one direction. */
    public void hold(Direction direction) {
        passage(direction).hold();
    }

    /** Discards what passes in one direction. A connection that has lost data this way never carries data again. */
    public void drop(Direction direction) {
        passage(direction).drop();
    }

    /** How often {@link #drop} has discarded something. */
    public int dropped() {
        return requests.dropped() + replies.dropped();
    }

    /** Holds back the next command that contains a text, and everything after it on its connection. */
    public CaughtCommand holdNext(String text) {
        return requests.expect(new CaughtCommand(text, CaughtCommand.Fate.HELD, target));
    }

    /** Copies the next command that contains a text, so that a test can send it again. */
    public CaughtCommand copyNext(String text) {
        return requests.expect(new CaughtCommand(text, CaughtCommand.Fate.COPIED, target));
    }

    /** Discards the reply to the next command that contains a text, and everything after it on its connection. */
    public CaughtCommand loseReplyToNext(String text) {
        return requests.expect(new CaughtCommand(text, CaughtCommand.Fate.UNANSWERED, target));
    }

    /** Breaks all connections and refuses new ones. */
    public synchronized void cut() {
        try {
            server.close();
            awaitClosed();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends all faults except single held commands: forwards everything, and accepts new connections. */
    public synchronized void mend() {
        requests.mend();
        replies.mend();
        if (server.isClosed()) {
            try {
                server = listen(local);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            acceptFrom(server);
        }
    }

    private Passage passage(Direction direction) {
        return switch (direction) {
            case REQUESTS -> requests;
            case REPLIES -> replies;
        };
    }

    private void acceptFrom(ServerSocket listening) {
        accepting = threads.submit(() -> accept(listening));
    }

    /** The kernel keeps a closed port open while a thread is in its accept call. */
    private void awaitClosed() {
        try {
            accepting.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept(ServerSocket listening) {
        while (!listening.isClosed()) {
            try {
                Socket near = listening.accept();
                connections.incrementAndGet();
                threads.execute(() -> connect(listening, near));
            } catch (IOException cut) {
                return;
            }
        }
    }

    private void connect(ServerSocket listening, Socket near) {
        Socket far = new Socket();
        try {
            near.setTcpNoDelay(true);
            far.connect(target);
            far.setTcpNoDelay(true);
        } catch (IOException refused) {
            close(near, far);
            return;
        }
        join(listening, near, far);
    }

    /** Connects both sides, unless the proxy was cut in the meantime. */
    private synchronized void join(ServerSocket listening, Socket near, Socket far) {
        if (listening.isClosed()) {
            close(near, far);
            return;
        }
        sockets.add(near);
        sockets.add(far);
        ProxiedStream back = new ProxiedStream(far, near, replies, false, () -> {});
        ProxiedStream forth = new ProxiedStream(near, far, requests, true, back::lose);
        AtomicInteger open = new AtomicInteger(2);
        for (ProxiedStream stream : new ProxiedStream[] {forth, back}) {
            threads.execute(stream::read);
            threads.execute(() -> {
                stream.write();
                if (open.decrementAndGet() == 0) {
                    sockets.remove(near);
                    sockets.remove(far);
                    close(near, far);
                }
            });
        }
    }

    private static void close(Socket near, Socket far) {
        try (near;
                far) {
            // Both are closed, also if the first one throws.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        cut();
        threads.shutdownNow();
    }
}
