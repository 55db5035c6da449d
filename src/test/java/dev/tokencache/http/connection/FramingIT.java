package dev.tokencache.http.connection;

import dev.tokencache.http.connection.FramingCorpus.Entry;
import dev.tokencache.http.connection.RawConnection.Answer;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Each request of the corpus, and a plain request after it on the same connection. */
@QuarkusTest
@NullUnmarked
class FramingIT {

    private static final int TIMEOUT_MILLIS = 4_000;

    @TestHTTPResource("/")
    URL server;

    @TestHTTPResource(value = "/", management = true)
    URL management;

    static Stream<Entry> corpus() {
        return FramingCorpus.entries();
    }

    /** Without the preface of HTTP/2, which this port accepts. */
    static Stream<Entry> malformed() {
        return corpus().filter(entry ->
                entry.connection().equals("closed") && entry.status().equals("400"));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void shouldRefuseMalformedRequestsOnTheManagementPort(Entry entry) throws IOException {
        try (RawConnection connection = new RawConnection(management)) {
            connection.send(entry.request());

            assertThat(connection.readToEnd(TIMEOUT_MILLIS)).as("ends").isTrue();

            List<Answer> answers = connection.answers(false);
            assertThat(answers).hasSize(1);
            assertThat(answers.get(0).status()).isEqualTo(400);
        }
    }

    @Test
    void shouldExplainAMissingPathOnTheManagementPort() throws IOException {
        try (RawConnection connection = new RawConnection(management)) {
            connection.send("GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));

            assertThat(connection.readToEnd(TIMEOUT_MILLIS)).isTrue();

            Answer answer = connection.answers(false).get(0);
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.body()).contains("\"detail\":");
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void shouldKeepRequestsApart(Entry entry) throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.send(entry.request());
            connection.sendProbe();

            assertThat(connection.readToEnd(TIMEOUT_MILLIS)).as("ends").isTrue();

            List<Answer> answers = connection.answers(false);
            assertThat(answers).isNotEmpty();
            assertThat(answers.get(0)).matches(first -> entry.hasStatus(first.status()), entry.status());
            assertThat(answers.get(0).head().toLowerCase(Locale.ROOT))
                    .contains("content-type: application/problem+json");
            assertThat(answers.get(0).body()).contains("\"type\":", "\"title\":", "\"status\":", "\"detail\":");
            if (entry.connection().equals("open")) {
                assertThat(answers).hasSize(2);
            } else if (entry.connection().equals("closed")) {
                assertThat(answers).hasSize(1);
            }
            assertThat(answers).hasSizeBetween(1, 2);
            answers.stream().skip(1).forEach(second -> assertThat(second.body()).contains(RawConnection.PROBE_ANSWER));
        }
    }
}
