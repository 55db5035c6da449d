package dev.tokencache.http.error;

import dev.tokencache.http.json.ContentTooLargeException;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.InvalidRequestException.Violation;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenTakenException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProblemTest {

    private static String json(Throwable failure) {
        return new String(Problem.of(failure).json(), StandardCharsets.UTF_8);
    }

    private static String oauthJson(Throwable failure) {
        return new String(Problem.of(failure).oauthJson(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldNameEachField() {
        InvalidRequestException failure = new InvalidRequestException(
                List.of(new Violation("sub", "is required"), new Violation("aud", "is bad")));
        assertThat(json(failure))
                .isEqualTo(
                        "{\"type\":\"urn:token-cache:problem:invalid-request\",\"title\":\"The request is invalid\","
                                + "\"status\":400,\"detail\":\"sub is required\",\"violations\":["
                                + "{\"field\":\"sub\",\"message\":\"is required\"},{\"field\":\"aud\",\"message\":\"is bad\"}]}");
        assertThat(oauthJson(failure))
                .isEqualTo("{\"error\":\"invalid_request\",\"error_description\":\"sub is required\"}");
    }

    @Test
    void shouldMapExceptionsToStatus() {
        assertThat(Problem.of(new ContentTooLargeException("x")).status()).isEqualTo(413);
        assertThat(Problem.of(new TokenTakenException()).status()).isEqualTo(409);
        assertThat(Problem.of(new NotFoundException()).status()).isEqualTo(404);
        assertThat(Problem.of(new NotAllowedException("GET")).status()).isEqualTo(405);
    }

    @Test
    void shouldRevealNothingAboutTheStore() {
        StoreUnavailableException failure =
                new StoreUnavailableException("x", new IllegalStateException("redis://:hunter2@10.0.0.1:6379"));
        assertThat(json(failure))
                .isEqualTo("{\"type\":\"urn:token-cache:problem:store-unavailable\",\"title\":\"The token store is "
                        + "unavailable\",\"status\":503,\"detail\":\"the outcome is unknown, try again\"}");
        assertThat(oauthJson(failure)).startsWith("{\"error\":\"temporarily_unavailable\"");
    }

    @Test
    void shouldRevealNothingAboutUnexpectedFailures() {
        for (Throwable failure : List.of(
                new IllegalStateException("hunter2"),
                new StackOverflowError("hunter2"),
                new WebApplicationException("hunter2", 500),
                new WebApplicationException("hunter2", 302))) {
            assertThat(json(failure))
                    .isEqualTo("{\"type\":\"about:blank\",\"title\":\"Internal Server Error\",\"status\":500,"
                            + "\"detail\":\"the request failed for a reason that only the log has\"}");
            assertThat(oauthJson(failure))
                    .isEqualTo("{\"error\":\"server_error\","
                            + "\"error_description\":\"the request failed for a reason that only the log has\"}");
        }
    }
}
