package dev.tokencache.testing.cluster;

import dev.tokencache.testing.cluster.TcpFaultProxy.Direction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class TcpFaultProxyTest {

    private static final Duration BRIEFLY = Duration.ofMillis(200);

    private final RecordingServer server = new RecordingServer();
    private final TcpFaultProxy proxy = TcpFaultProxy.to(server.port());
    private final RespClient client = RespClient.connect(proxy.port());

    @AfterEach
    void close() {
        client.close();
        proxy.close();
        server.close();
    }

    @Test
    void shouldForwardBothDirections() {
        assertThat(client.text("SET", "a", "1")).isEqualTo("OK");
        assertThat(server.commands()).containsExactly("SET a 1");
        assertThat(proxy.connections()).isOne();
    }

    @Test
    void shouldDelayByTheRoundTrip() {
        client.send("WARM");
        proxy.delay(Duration.ofMillis(300));

        long start = System.nanoTime();
        client.write("SET", "a", "1");
        client.write("SET", "b", "2");
        client.read();
        client.read();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void shouldDeliverInOrderDespiteLosses() {
        client.send("WARM");
        proxy.lose(0.3);
        for (int i = 0; i < 4; i++) {
            client.send("SET", "a", Integer.toString(i));
        }
        assertThat(server.commands()).containsExactly("WARM", "SET a 0", "SET a 1", "SET a 2", "SET a 3");
    }

    @Test
    void shouldHoldOneDirectionUntilMended() {
        proxy.hold(Direction.REPLIES);
        client.write("SET", "a", "1");
        server.awaits("SET a 1");
        assertNoReply();

        proxy.mend();
        client.timeout(Duration.ofSeconds(30));
        assertThat(client.read()).isEqualTo("OK");
    }

    @Test
    void shouldNeverDeliverWhatItDropped() {
        proxy.drop(Direction.REQUESTS);
        client.write("SET", "a", "1");
        Awaitility.await().until(() -> proxy.dropped() > 0);
        proxy.mend();

        client.write("SET", "b", "2");
        assertNoReply();
        try (RespClient other = RespClient.connect(proxy.port())) {
            other.send("SET", "c", "3");
        }
        assertThat(server.commands()).containsExactly("SET c 3");
    }

    /** The server executes a command that its sender has given up, after the commands of a newer connection. */
    @Test
    void shouldDeliverAHeldCommandAfterItsConnectionWasClosed() {
        CaughtCommand held = proxy.holdNext("SET");
        client.write("GET", "a");
        client.write("SET", "a", "1");
        held.awaitCaught();
        client.close();
        try (RespClient other = RespClient.connect(proxy.port())) {
            other.send("SET", "a", "2");
        }

        held.release();

        server.awaits("SET a 1");
        assertThat(server.commands()).endsWith("SET a 2", "SET a 1");
    }

    @Test
    void shouldSendACommandAgain() {
        CaughtCommand copy = proxy.copyNext("PASSPORT");
        client.send("SET", "PASSPORT", "1");

        assertThat(copy.sendAgain("secret")).isEqualTo("OK");

        assertThat(server.commands()).containsExactly("SET PASSPORT 1", "AUTH secret", "SET PASSPORT 1");
    }

    @Test
    void shouldLoseTheReplyToOneCommand() {
        client.send("GET", "a");
        proxy.loseReplyToNext("SET");
        client.write("SET", "a", "1");

        server.awaits("SET a 1");
        assertNoReply();
        try (RespClient other = RespClient.connect(proxy.port())) {
            assertThat(other.text("SET", "a", "2")).isEqualTo("OK");
        }
    }

    @Test
    void shouldBreakAndRefuseConnectionsUntilMended() {
        client.send("WARM");
        proxy.cut();
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> client.send("GET", "a"));
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> RespClient.connect(proxy.port()));

        proxy.mend();
        try (RespClient other = RespClient.connect(proxy.port())) {
            other.send("GET", "b");
        }
    }

    @Test
    void shouldReplaceItsServerInTheSettings() {
        String server = "127.0.0.1:" + this.server.port();
        String through = "127.0.0.1:" + proxy.port();

        assertThat(proxy.reroute(Map.of("quarkus.redis.hosts", "redis://" + server + ",redis://127.0.0.1:1")))
                .isEqualTo(Map.of(
                        "quarkus.redis.hosts", "redis://" + through + ",redis://127.0.0.1:1",
                        "tokencache.redis.address-map", server + "=" + through));
    }

    private void assertNoReply() {
        client.timeout(BRIEFLY);
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(client::read);
    }

    /** Answers every command with OK. */
    private static final class RecordingServer implements AutoCloseable {

        private final List<String> commands = new CopyOnWriteArrayList<>();
        private final ServerSocket listening;

        RecordingServer() {
            try {
                listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            start(this::accept);
        }

        private static void start(Runnable task) {
            Thread thread = new Thread(task, "recording-server");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return listening.getLocalPort();
        }

        List<String> commands() {
            return commands;
        }

        void awaits(String command) {
            Awaitility.await().until(() -> commands.contains(command));
        }

        private void accept() {
            while (!listening.isClosed()) {
                try {
                    Socket socket = listening.accept();
                    start(() -> serve(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private void serve(Socket socket) {
            RespCommands splitter = new RespCommands();
            byte[] buffer = new byte[1024];
            try (socket) {
                for (int length; (length = socket.getInputStream().read(buffer)) >= 0; ) {
                    for (byte[] command : splitter.split(buffer, length)) {
                        commands.add(Stream.of(RespCommands.arguments(command))
                                .map(argument -> new String(argument, StandardCharsets.UTF_8))
                                .collect(Collectors.joining(" ")));
                        socket.getOutputStream().write("+OK\r\n".getBytes(StandardCharsets.US_ASCII));
                    }
                }
            } catch (IOException closed) {
                // The test closed the connection.
            }
        }

        @Override
        public void close() {
            try {
                listening.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
