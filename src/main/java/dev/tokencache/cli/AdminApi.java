package dev.tokencache.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;

/** A client of the admin API of a running service. Each call throws {@link ExitCode.Failure} unless the status is 200. */
public final class AdminApi {

    public static final ObjectMapper JSON = new ObjectMapper();

    private final URI base;
    private final String authorization;
    private final Duration timeout;
    private final HttpClient client;

    /** @param timeout of a call */
    AdminApi(URI base, String caller, String secret, Duration timeout) {
        this.base = base;
        this.authorization =
                "Basic " + Base64.getEncoder().encodeToString((caller + ":" + secret).getBytes(StandardCharsets.UTF_8));
        this.timeout = timeout;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    public JsonNode get(String path) {
        return send("GET", path, BodyPublishers.noBody());
    }

    public JsonNode put(String path, JsonNode body) {
        return send("PUT", path, BodyPublishers.ofString(body.toString()));
    }

    public JsonNode post(String path, JsonNode body) {
        return send("POST", path, BodyPublishers.ofString(body.toString()));
    }

    /** Sends a POST without waiting, and returns whatever the service answers. */
    public CompletableFuture<HttpResponse<String>> call(String path, JsonNode body) {
        return client.sendAsync(
                request("POST", path, BodyPublishers.ofString(body.toString())), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode send(String method, String path, HttpRequest.BodyPublisher body) {
        try {
            return reply(client.send(request(method, path, body), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException noReply) {
            throw ExitCode.UNAVAILABLE.failure("no reply from " + base);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExitCode.UNAVAILABLE.failure("interrupted");
        }
    }

    private HttpRequest request(String method, String path, HttpRequest.BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .timeout(timeout)
                .header("Authorization", authorization)
                .header("Accept", "application/json, application/problem+json")
                .header("Content-Type", "application/json")
                .method(method, body)
                .build();
    }

    private static JsonNode reply(HttpResponse<String> response) throws IOException {
        int status = response.statusCode();
        if (status == 200) {
            return JSON.readTree(response.body());
        }
        throw exitCode(status).failure("status " + status + ": " + problemText(response.body()));
    }

    private static ExitCode exitCode(int status) {
        if (status == 401 || status == 403) {
            return ExitCode.DENIED;
        }
        if (status == 400) {
            return ExitCode.USAGE;
        }
        return status >= 500 ? ExitCode.UNAVAILABLE : ExitCode.NO;
    }

    /** The text of a problem document (RFC 9457), with each reason on its own line. */
    private static String problemText(String body) {
        JsonNode problem;
        try {
            problem = JSON.readTree(body);
        } catch (IOException notJson) {
            return "the reply is no problem document: is this a token-cache?";
        }
        StringBuilder text = new StringBuilder(problem.path("title").asText());
        if (problem.has("reasons")) {
            problem.path("reasons").forEach(reason -> text.append("\n  - ").append(reason.asText()));
        } else if (problem.has("detail")) {
            text.append(": ").append(problem.path("detail").asText());
        }
        return text.toString();
    }
}
