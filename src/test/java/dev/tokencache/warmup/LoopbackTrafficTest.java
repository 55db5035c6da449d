package dev.tokencache.warmup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class LoopbackTrafficTest {

    private final Set<String> received = ConcurrentHashMap.newKeySet();
    private final ServerSocket server;

    LoopbackTrafficTest() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    /** Answers each request of ten bytes with these bytes, or closes the connection if there are none. */
    private OwnPort serve(String response) throws IOException {
        Thread acceptor = new Thread(() -> {
            try {
                while (true) {
                    Socket accepted = server.accept();
                    Thread worker = new Thread(() -> serve(accepted, response));
                    worker.setDaemon(true);
                    worker.start();
                }
            } catch (IOException closed) {
                // The end of the test.
            }
        });
        acceptor.setDaemon(true);
        acceptor.start();
        return OwnPort.plain("0.0.0.0", server.getLocalPort());
    }

    private void serve(Socket socket, String response) {
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            for (byte[] request = in.readNBytes(10); request.length == 10; request = in.readNBytes(10)) {
                received.add(new String(request, StandardCharsets.US_ASCII));
                if (response.isEmpty()) {
                    return;
                }
                out.write(response.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    private static List<byte[]> requests(String... texts) {
        return List.of(texts).stream()
                .map(text -> text.getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    @Test
    void shouldSendEachRequestAndReadWholeResponses() throws Exception {
        OwnPort port = serve("HTTP/1.1 200 OK\r\nX: " + "long ".repeat(100) + "\r\ncontent-length: 5\r\n\r\n\r\n\r\n1");
        try (LoopbackTraffic traffic = new LoopbackTraffic(port, requests("request  1", "request  2"), 3, () -> 0)) {
            assertThat(List.of(traffic.round(), traffic.round(), traffic.round(), traffic.round()))
                    .containsExactly(1, 2, 3, 3);
        }
        assertThat(received).containsExactlyInAnyOrder("request  1", "request  2");
    }

    @Test
    void shouldSendLessWhileTheServiceIsSlow() throws Exception {
        OwnPort port = serve("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        AtomicLong nanos = new AtomicLong();
        AtomicLong step = new AtomicLong(LoopbackTraffic.LONG.toNanos());
        try (LoopbackTraffic traffic =
                new LoopbackTraffic(port, requests("request  1"), 9, () -> nanos.addAndGet(step.get()))) {
            for (int i = 1; i <= 8; i++) {
                assertThat(traffic.round()).isEqualTo(i);
            }
            step.incrementAndGet();
            assertThat(List.of(traffic.round(), traffic.round(), traffic.round(), traffic.round(), traffic.round()))
                    .containsExactly(9, 4, 2, 1, 1);
        }
    }

    @Test
    void shouldReadResponsesWithoutABody() throws Exception {
        OwnPort port = serve("HTTP/1.1 204 No Content\r\n\r\n");
        try (LoopbackTraffic traffic = new LoopbackTraffic(port, requests("request  1"), 1, () -> 0)) {
            for (int i = 0; i < 20; i++) {
                traffic.round();
            }
        }
    }

    @Test
    void shouldReportAClosedConnection() throws Exception {
        OwnPort port = serve("");
        try (LoopbackTraffic traffic = new LoopbackTraffic(port, requests("request  1"), 1, () -> 0)) {
            assertThatIOException().isThrownBy(traffic::round);
        }
    }

    @Test
    void shouldReportARefusedConnection() throws Exception {
        server.close();
        OwnPort port = OwnPort.plain("127.0.0.1", server.getLocalPort());
        try (LoopbackTraffic traffic = new LoopbackTraffic(port, requests("request  1"), 1, () -> 0)) {
            assertThatIOException().isThrownBy(traffic::round);
        }
    }
}
