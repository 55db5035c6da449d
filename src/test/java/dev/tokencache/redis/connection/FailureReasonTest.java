package dev.tokencache.redis.connection;

import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class FailureReasonTest {

    private static final String SECRET = "hunter2";

    private final FailureReason plain = new FailureReason(LogLabels.OWN, "quarkus.redis.password", false);
    private final FailureReason tls = new FailureReason(LogLabels.OWN, "quarkus.redis.hosts", true);

    /** Each reply as some version of Redis sends it. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
            WRONGPASS invalid username-password pair or user is disabled. ; wrong password or user (quarkus.redis.password), reply=WRONGPASS
            ERR invalid password ; wrong password or user (quarkus.redis.password), reply=ERR
            NOAUTH Authentication required. ; a password is required (quarkus.redis.password), reply=NOAUTH
            NOAUTH HELLO must be called with the client already authenticated ; a password is required (quarkus.redis.password), reply=NOAUTH
            NOPERM User hunter2 has no permissions to run the 'cluster|slots' command ; the user lacks a permission, reply=NOPERM cluster|slots
            NOPERM this user has no permissions to run the 'cluster' command or its subcommand ; the user lacks a permission, reply=NOPERM cluster
            NOPERM No permissions to access a key ; the user lacks a permission, reply=NOPERM key
            NOPERM this user has no permissions to access one of the channels used as arguments ; the user lacks a permission, reply=NOPERM channel
            DENIED Redis is running in protected mode because protected mode is enabled ; protected mode: Redis accepts only local connections until it has a password, reply=DENIED
            LOADING Redis is loading the dataset in memory ; loading its data
            ILLEGAL_STATE Unknown RESP type H ; not a Redis: its reply is not of the Redis protocol
            ERR max number of clients reached ; too many clients, reply=ERR max number of clients reached
            ERR wrong number of arguments for 'auth' command ; Redis before version 6 has no users: the URL must have a password only (quarkus.redis.password)
            ERR hunter2 ; the login was refused
            """)
    void shouldExplainTheReplyToALogin(String reply, String reason) {
        assertThat(plain.ofConnecting(new IllegalStateException(reply))).isEqualTo(reason);
    }

    @Test
    void shouldExplainAFailureOfTheNetwork() {
        assertThat(plain.ofConnecting(new UnknownHostException(SECRET)))
                .isEqualTo("unknown host name (tokencache.redis.address-map)");
        assertThat(plain.ofConnecting(new TimeoutException(SECRET))).isEqualTo("no reply in time");
        assertThat(plain.ofConnecting(new ConnectException("Connection refused: " + SECRET)))
                .isEqualTo("connection refused");
        assertThat(plain.ofConnecting(new ConnectTimeoutException(SECRET))).isEqualTo("no connection in time");
        assertThat(plain.ofConnecting(new NoRouteToHostException("No route to host: " + SECRET)))
                .isEqualTo("no route to host");
        assertThat(plain.ofConnecting(new SocketException("Network is unreachable: " + SECRET)))
                .isEqualTo("network unreachable");
        assertThat(plain.ofConnecting(new IllegalStateException(SECRET))).isEqualTo("the connection failed");
    }

    @Test
    void shouldExplainAMismatchOfTlsAndPlain() {
        String closed = "connection closed during the login";
        String hint = closed + ": the port may expect TLS (rediss://), or is not a Redis";

        assertThat(plain.ofConnecting(new IOException("Connection reset by peer")))
                .isEqualTo(hint);
        assertThat(plain.ofConnecting(new IllegalStateException("CONNECTION_CLOSED")))
                .isEqualTo(hint);
        assertThat(tls.ofConnecting(new IllegalStateException("CONNECTION_CLOSED")))
                .isEqualTo(closed);
    }

    @Test
    void shouldExplainAnAlertOfTheTlsHandshake() {
        assertThat(tls.ofConnecting(new SSLHandshakeException("Received fatal alert: certificate_required")))
                .isEqualTo("TLS handshake failed: the node reports certificate_required");
        assertThat(tls.ofConnecting(new SSLHandshakeException(SECRET))).isEqualTo("TLS handshake failed");
    }
}
