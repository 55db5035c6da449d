package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The reasons for failed logins, with the texts of a real Redis and of servers that are none. */
class LoginFailuresIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final TestNode NODE = RedisClusterResource.cluster().nodes().get(0);

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private static String reason(String host, @Nullable String password) {
        return attempt(host, password, link -> Future.succeededFuture("connected"));
    }

    /** The result of an action on a new connection, or the reason why that failed. */
    private static String attempt(String host, @Nullable String password, Function<NodeLink, Future<String>> action) {
        RedisConnector connector = new RedisConnector(
                new RedisOptions().setEndpoints(List.of(host)).setPassword(password),
                RedisSettings.usual(),
                LogLabels.OWN);
        Endpoint endpoint = connector.seeds().get(0);
        Promise<String> result = Promise.promise();
        VERTX.runOnContext(here -> {
            NodeLink link = connector.link(VERTX, endpoint);
            link.connect(() -> {})
                    .compose(connected -> action.apply(link))
                    .otherwise(connector::reason)
                    .onComplete(result)
                    .onComplete(done -> link.close());
        });
        return result.future()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void shouldNameWhatIsMissingAtTheLogin() {
        String host = "127.0.0.1:" + NODE.port();

        assertThat(reason("redis://" + host, null))
                .isEqualTo("a password is required (quarkus.redis.password), reply=NOAUTH");
        assertThat(reason("redis://" + host, "wrong"))
                .isEqualTo("wrong password or user (quarkus.redis.password), reply=WRONGPASS");
        assertThat(reason("redis://nobody:wrong@" + host, null))
                .isEqualTo("wrong password or user (quarkus.redis.hosts), reply=WRONGPASS");
    }

    @Test
    void shouldTakeAPlusLiterallyAndNameThePermissionThatAUserLacks() {
        try (RespClient operator = NODE.connect()) {
            operator.text("ACL", "SETUSER", "login-it", "on", ">abc+def", "+@all", "-cluster");
            String host = "redis://login-it:abc+def@127.0.0.1:" + NODE.port();

            String reason = attempt(host, null, link -> link.send(Request.cmd(Command.CLUSTER, "SLOTS"))
                    .map("permitted"));

            assertThat(reason).startsWith("the user lacks a permission, reply=NOPERM cluster");
            operator.number("ACL", "DELUSER", "login-it");
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "-DENIED Redis is running in protected mode because protected mode is enabled, protected mode:",
                "HTTP/1.1 400 Bad Request, not a Redis:",
                "220 mail.example ESMTP, not a Redis:",
                "\"\", connection closed during the login: the port may expect TLS (rediss://)",
            })
    void shouldNameAServerThatRefusesTheLoginOrIsNoRedis(String reply, String reason) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> answer(server, reply));
            answering.start();

            assertThat(reason("redis://127.0.0.1:" + server.getLocalPort(), "secret"))
                    .startsWith(reason);
        }
    }

    private static void answer(ServerSocket server, String reply) {
        try (Socket client = server.accept()) {
            // Not before the login: the client ignores what comes before its first request.
            client.getInputStream().read(new byte[4]);
            if (!reply.isEmpty()) {
                client.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
                client.getOutputStream().flush();
                client.shutdownOutput();
                client.getInputStream().readAllBytes();
            }
        } catch (IOException closed) {
            // The client has closed the connection.
        }
    }

    @Test
    void shouldNameAPortWithoutListener() throws IOException {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }

        assertThat(reason("redis://127.0.0.1:" + port, null)).isEqualTo("connection refused");
    }
}
