package dev.tokencache.http.connection;

import dev.tokencache.http.connection.RawConnection.Answer;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Requests at the edge of HTTP, the same in every run: none hangs, none breaks the service, none affects the next one. */
@QuarkusTest
@NullUnmarked
class FuzzedRequestsIT {

    private static final int REQUESTS = 3_000;
    private static final int PATIENCE_MILLIS = 300;
    private static final int TIMEOUT_MILLIS = 9_000;

    /** Ends any request that is incomplete: a line that is too long, a bad chunk, or the rest of a body. */
    private static final byte[] FILLER = "x".repeat(100_000).getBytes(StandardCharsets.US_ASCII);

    @TestHTTPResource("/")
    URL server;

    @Test
    void shouldAnswerEachAndKeepThemApart() {
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        IntStream.range(0, REQUESTS).parallel().forEach(seed -> {
            FuzzedRequest request = FuzzedRequest.ofSeed(seed);
            try {
                String failure = failureOf(request);
                if (failure != null) {
                    failures.add("seed " + seed + ": " + failure + "\n" + request);
                }
            } catch (IOException | RuntimeException | AssertionError e) {
                failures.add("seed " + seed + ": " + e + "\n" + request);
            }
        });
        assertThat(failures).isEmpty();
    }

    private String failureOf(FuzzedRequest request) throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.send(request.bytes());
            connection.sendProbe();
            if (!connection.readToEnd(PATIENCE_MILLIS)) {
                connection.send(FILLER);
                if (!connection.readToEnd(TIMEOUT_MILLIS)) {
                    return "hangs";
                }
            }
            List<Answer> answers = connection.answers(request.isHead());
            if (answers.isEmpty() || answers.size() > 2) {
                return answers.size() + " answers: " + answers;
            }
            if (answers.stream().anyMatch(answer -> answer.status() >= 500 && answer.status() != 505)) {
                return "a server error: " + answers;
            }
            boolean isProbe = answers.size() == 2 && answers.get(1).body().contains(RawConnection.PROBE_ANSWER);
            if (answers.size() == 2
                    && !isProbe
                    && (request.isHonest() || answers.get(1).status() < 400)) {
                return "the next request got another answer: " + answers;
            }
            return null;
        }
    }
}
