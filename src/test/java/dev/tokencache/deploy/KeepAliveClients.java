package dev.tokencache.deploy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients that reuse their connections, as web servers do, and close one only when the service answers
 * {@code Connection: close}. They do not repeat a failed request: it counts as lost.
 */
final class KeepAliveClients implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 30_000;
    private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: (\\d+)\r\n");

    private final byte[] request;
    private final Map<URI, AtomicLong> answers = new ConcurrentHashMap<>();
    private final Queue<String> losses = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile List<URI> services;
    private volatile boolean ended;

    KeepAliveClients(String token, List<URI> services) {
        this.request = ("GET /v1/auth HTTP/1.1\r\nHost: token-cache\r\nAuthorization: Bearer " + token + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        this.services = services;
    }

    void start(int number) {
        for (int i = 0; i < number; i++) {
            int first = i;
            Thread client = new Thread(() -> run(first), "client-" + i);
            client.start();
            threads.add(client);
        }
    }

    /** Sets the services for new connections. */
    void connectTo(List<URI> services) {
        this.services = services;
    }

    long answersOf(URI service) {
        return answers.getOrDefault(service, new AtomicLong()).get();
    }

    /** The requests that had no response or one other than 200. */
    List<String> losses() {
        return List.copyOf(losses);
    }

    private void run(int turn) {
        for (int connection = turn; !ended; connection++) {
            List<URI> known = services;
            URI service = known.get(connection % known.size());
            try (Socket socket = new Socket(service.getHost(), service.getPort())) {
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.setTcpNoDelay(true);
                sendUntilConnectionClose(service, socket);
            } catch (IOException e) {
                losses.add(service + ": " + e);
            }
        }
    }

    private void sendUntilConnectionClose(URI service, Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        boolean isOpen = true;
        while (isOpen && !ended) {
            socket.getOutputStream().write(request);
            String head = head(in);
            Matcher length = LENGTH.matcher(head);
            in.skipNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
            if (!head.startsWith("http/1.1 200 ")) {
                losses.add(service + ": " + head);
            }
            answers.computeIfAbsent(service, key -> new AtomicLong()).incrementAndGet();
            isOpen = !head.contains("\r\nconnection: close\r\n");
        }
    }

    /** The head of a response in lower case. */
    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("closed after " + head.size() + " bytes of a response");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        ended = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
