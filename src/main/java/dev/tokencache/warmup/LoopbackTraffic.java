package dev.tokencache.warmup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Requests on many connections at the same time, each after the previous response, until it is closed. Thread-safe. */
final class LoopbackTraffic implements AutoCloseable {

    private final OwnPort port;
    private final List<byte[]> requests;
    private final List<Thread> senders = new ArrayList<>();
    private final LongAdder answered = new LongAdder();
    private volatile boolean isClosed;
    private volatile @Nullable IOException failure;

    private LoopbackTraffic(OwnPort port, List<byte[]> requests) {
        this.port = port;
        this.requests = requests;
    }

    /** Sends the requests of the list in turn on each connection, and begins on each with another one. */
    static LoopbackTraffic start(OwnPort port, List<byte[]> requests, int connections) {
        LoopbackTraffic traffic = new LoopbackTraffic(port, requests);
        for (int i = 0; i < connections; i++) {
            int first = i;
            Thread sender = new Thread(() -> traffic.send(first), "warm-up-" + i);
            sender.setDaemon(true);
            sender.start();
            traffic.senders.add(sender);
        }
        return traffic;
    }

    private void send(int first) {
        try (LoopbackConnection connection = LoopbackConnection.open(port)) {
            for (int next = first; !isClosed; next++) {
                connection.exchange(requests.get(next % requests.size()));
                answered.increment();
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    /** The number of responses so far. Throws {@link IOException} if a connection failed. */
    long answered() throws IOException {
        IOException failed = failure;
        if (failed != null) {
            throw failed;
        }
        return answered.sum();
    }

    /** Returns when the last request was answered. */
    @Override
    public void close() throws InterruptedException {
        isClosed = true;
        for (Thread sender : senders) {
            sender.join();
        }
    }
}
