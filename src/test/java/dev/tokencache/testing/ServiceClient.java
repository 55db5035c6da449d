package dev.tokencache.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An asynchronous HTTP client of a service that distinguishes all outcomes of a call. */
public final class ServiceClient {

    /** The routes of a validation. */
    public enum Route {
        FORWARD_AUTH,
        VALIDATE,
        INTROSPECT
    }

    /**
     * The outcome of a write.
     *
     * @param token the created token, if any
     * @param isReplicated whether the response lacks {@code "replicated": false}
     */
    public record Written(Outcome outcome, Optional<String> token, boolean isReplicated) {}

    private static final Duration CALL_LIMIT = Duration.ofSeconds(20);
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");
    private static final Pattern READ_REPLICAS =
            Pattern.compile("^tokencache_router_read_replicas(?:\\{[^}]*})? ([0-9.]+)$", Pattern.MULTILINE);
    private static final Pattern ACTIVE = Pattern.compile("\"active\":(true|false|null)");
    private static final String CREDENTIALS = "Basic "
            + Base64.getEncoder()
                    .encodeToString(
                            (ServiceProcess.CALLER + ":" + ServiceProcess.SECRET).getBytes(StandardCharsets.US_ASCII));

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CALL_LIMIT)
            .build();
    private final URI api;
    private final URI management;

    public ServiceClient(ServiceProcess service) {
        this.api = service.baseUri();
        this.management = service.managementUri();
    }

    public CompletableFuture<Outcome> validate(String token, Route route) {
        HttpRequest request =
                switch (route) {
                    case FORWARD_AUTH ->
                        to("/v1/auth")
                                .header("Authorization", "Bearer " + token)
                                .build();
                    case VALIDATE -> json("/v1/tokens/validate", "{\"token\":\"" + token + "\"}");
                    case INTROSPECT ->
                        to("/oauth2/introspect")
                                .header("Authorization", CREDENTIALS)
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString(
                                        "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8)))
                                .build();
                };
        return send(request).thenApply(ServiceClient::verdict).exceptionally(noAnswer -> Outcome.FAILED);
    }

    private static Outcome verdict(HttpResponse<String> response) {
        return switch (response.statusCode()) {
            case 200 -> response.body().contains("\"active\":false") ? Outcome.INACTIVE : Outcome.SERVED;
            case 401 -> Outcome.INACTIVE;
            case 503 -> Outcome.UNKNOWN;
            default -> Outcome.FAILED;
        };
    }

    public CompletableFuture<Written> create(String sub) {
        return write(json("/v1/tokens", "{\"sub\":\"" + sub + "\"}"));
    }

    /** Creates a foreign token. */
    public CompletableFuture<Written> create(String sub, String token) {
        return write(json("/v1/tokens", "{\"sub\":\"" + sub + "\",\"token\":\"" + token + "\"}"));
    }

    public CompletableFuture<Outcome> renew(String token) {
        return send(json("/v1/tokens/renew", "{\"token\":\"" + token + "\"}"))
                .thenApply(response -> response.statusCode() == 404 ? Outcome.INACTIVE : verdict(response))
                .exceptionally(noAnswer -> Outcome.FAILED);
    }

    /** Expires all tokens of a subject whose name needs no escapes. */
    public CompletableFuture<Written> expireSubject(String sub) {
        return write(json("/v1/subjects/" + sub + "/expire", "{}"));
    }

    public CompletableFuture<Written> expire(String token) {
        return write(json("/v1/tokens/expire", "{\"token\":\"" + token + "\"}"));
    }

    private CompletableFuture<Written> write(HttpRequest request) {
        return send(request)
                .thenApply(ServiceClient::written)
                .exceptionally(noAnswer -> new Written(Outcome.FAILED, Optional.empty(), false));
    }

    private static Written written(HttpResponse<String> response) {
        Outcome outcome =
                switch (response.statusCode()) {
                    case 200, 201, 204 -> Outcome.SERVED;
                    case 503 -> Outcome.UNKNOWN;
                    default -> Outcome.FAILED;
                };
        Matcher token = TOKEN.matcher(response.body());
        boolean underReplicated = response.body().contains("\"replicated\":false")
                || response.headers().firstValue("X-Replicated").orElse("").equals("false");
        return new Written(outcome, token.find() ? Optional.of(token.group(1)) : Optional.empty(), !underReplicated);
    }

    /** The verdicts about at most 100 tokens, in order: {@code true}, {@code false} or {@code null}; empty if there are none. */
    public List<String> verdicts(List<String> tokens) {
        String body = tokens.stream().map(token -> "\"" + token + "\"").collect(Collectors.joining(",", "[", "]"));
        HttpResponse<String> response =
                send(json("/v1/tokens/validate", "{\"tokens\":" + body + "}")).join();
        return response.statusCode() == 200
                ? ACTIVE.matcher(response.body())
                        .results()
                        .map(match -> match.group(1))
                        .toList()
                : List.of();
    }

    /** The status code of the readiness probe; 0 without a response. */
    public int readiness() {
        HttpRequest request = HttpRequest.newBuilder(management.resolve("/q/health/ready"))
                .timeout(CALL_LIMIT)
                .build();
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException gone) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
    }

    /** The number of replicas that the service could read from if their masters failed now. */
    public int readReplicas() {
        HttpRequest request = HttpRequest.newBuilder(management.resolve("/q/metrics"))
                .timeout(CALL_LIMIT)
                .build();
        return READ_REPLICAS
                .matcher(send(request).join().body())
                .results()
                .mapToInt(match -> (int) Double.parseDouble(match.group(1)))
                .sum();
    }

    private HttpRequest json(String path, String body) {
        return to(path).header("Authorization", CREDENTIALS)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(api.resolve(path)).timeout(CALL_LIMIT);
    }

    private CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
        return http.sendAsync(request, BodyHandlers.ofString());
    }
}
