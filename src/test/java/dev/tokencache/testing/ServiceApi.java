package dev.tokencache.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/** The calls of the API, for tests. */
public final class ServiceApi {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI base;

    private ServiceApi(URI base) {
        this.base = base;
    }

    public static ServiceApi of(ServiceProcess service) {
        return new ServiceApi(service.baseUri());
    }

    private RequestSpecification caller() {
        return RestAssured.given()
                .baseUri(base.toString())
                .filter(DescribedResponses.FILTER)
                .auth()
                .preemptive()
                .basic(ServiceProcess.CALLER, ServiceProcess.SECRET);
    }

    private Response post(String path, Object body) {
        return caller().contentType(ContentType.JSON).body(body).post(path);
    }

    /** Creates a token and returns the response. */
    public Response create(Map<String, ?> request) {
        return post("/v1/tokens", request);
    }

    /** Creates a token for a subject and returns its string; retries while the outcome is unknown. */
    public String tokenFor(String sub) {
        Response created = known(() -> create(Map.of("sub", sub)));
        assertThat(created.statusCode()).isEqualTo(201);
        return json(created).path("token").asText();
    }

    public Response validate(String token) {
        return post("/v1/tokens/validate", Map.of("token", token));
    }

    public Response validate(List<String> tokens) {
        return post("/v1/tokens/validate", Map.of("tokens", tokens));
    }

    /** Whether a token is active; waits until the verdict is known. */
    public boolean isActive(String token) {
        Response validated = known(() -> validate(token));
        assertThat(validated.statusCode()).isEqualTo(200);
        return json(validated).path("active").asBoolean();
    }

    /** Far cheaper than {@code Response.path}, which compiles a Groovy script for each call. */
    private static JsonNode json(Response response) {
        try {
            return JSON.readTree(response.asByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Repeats a call while its outcome is unknown: on a busy machine, a call may time out. */
    public static Response known(Supplier<Response> call) {
        Response first = call.get();
        return first.statusCode() != 503
                ? first
                : Awaitility.await("a known outcome")
                        .atMost(PATIENCE)
                        .until(call::get, answer -> answer.statusCode() != 503);
    }

    public Response renew(String token) {
        return post("/v1/tokens/renew", Map.of("token", token));
    }

    public Response expire(String token) {
        return post("/v1/tokens/expire", Map.of("token", token));
    }

    public Response delete(String jti) {
        return caller().delete("/v1/tokens/{jti}", jti);
    }

    public Response read(String jti) {
        return caller().get("/v1/tokens/{jti}", jti);
    }

    public Response list(String sub) {
        return caller().get("/v1/subjects/{sub}/tokens", sub);
    }

    public Response expireSubject(String sub) {
        return caller().post("/v1/subjects/{sub}/expire", sub);
    }

    public Response introspect(String token) {
        return caller().formParam("token", token).post("/oauth2/introspect");
    }

    public Response revoke(String token) {
        return caller().formParam("token", token).post("/oauth2/revoke");
    }

    /** The findings of one check of doctor. */
    public Response doctor(String code) {
        return caller().queryParam("only", code).get("/v1/admin/doctor");
    }

    /** The state of the journal. */
    public Response journal() {
        return caller().get("/v1/admin/journal");
    }

    /** Reads the configuration files again. */
    public Response reload() {
        return caller().post("/v1/admin/reload");
    }

    /** A forward-auth request, as a web server sends it. */
    public Response forwardAuth(String token) {
        return RestAssured.given()
                .baseUri(base.toString())
                .filter(DescribedResponses.FILTER)
                .header("Authorization", "Bearer " + token)
                .get("/v1/auth");
    }
}
