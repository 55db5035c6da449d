package dev.tokencache.http;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.config.EncoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.tokencache.http.Api.dev;
import static dev.tokencache.http.Api.post;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

/** Invalid requests of any kind: a 4xx with its reason, never a 5xx and never internal details. */
@QuarkusTest
class BadInputIT {

    private static final String[] JSON_PATHS = {
        "/v1/tokens", "/v1/tokens/validate", "/v1/tokens/renew", "/v1/tokens/expire", "/v1/subjects/x/expire"
    };

    /** Prevents REST Assured from adding a charset or a content type. */
    private static RequestSpecification raw() {
        return dev().config(RestAssuredConfig.config()
                .encoderConfig(EncoderConfig.encoderConfig()
                        .appendDefaultContentCharsetToContentTypeIfUndefined(false)
                        .encodeContentTypeAs("application/json", io.restassured.http.ContentType.TEXT)));
    }

    private static ValidatableResponse assertProblem(ValidatableResponse response, int status) {
        return response.statusCode(status)
                .contentType("application/problem+json")
                .header("Cache-Control", "no-store")
                .body("type", not(emptyOrNullString()))
                .body("title", not(emptyOrNullString()))
                .body("status", equalTo(status))
                .body("detail", not(emptyOrNullString()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"sub\":42}|sub",
                "{\"sub\":\"\"}|sub",
                "{\"sub\":\"a\\u0000b\"}|sub",
                "{\"sub\":\"a\\nb\"}|sub",
                "{\"sub\":\"\\ud800\"}|sub",
                "{}|sub",
                "{\"sub\":\"a\",\"expires_in\":0}|expires_in",
                "{\"sub\":\"a\",\"expires_in\":-5}|expires_in",
                "{\"sub\":\"a\",\"expires_in\":9223372036854775807}|expires_in",
                "{\"sub\":\"a\",\"expires_in\":1e400}|expires_in",
                "{\"sub\":\"a\",\"max_lifetime\":99999999}|max_lifetime",
                "{\"sub\":\"a\",\"expires_in\":20,\"max_lifetime\":10}|max_lifetime",
                "{\"sub\":\"a\",\"idle_timeout\":0}|idle_timeout",
                "{\"sub\":\"a\",\"scope\":\"a  b\"}|scope",
                "{\"sub\":\"a\",\"scope\":7}|scope",
                "{\"sub\":\"a\",\"aud\":[]}|aud",
                "{\"sub\":\"a\",\"aud\":[1]}|aud[0]",
                "{\"sub\":\"a\",\"claims\":\"x\"}|claims",
                "{\"sub\":\"a\",\"token\":\"short\"}|token",
                "{\"sub\":\"a\",\"token\":\"tc1_aaaaaaaaaaaaaaaaaaaaaaaaa\"}|token",
                "{\"sub\":\"a\",\"token\":null}|token",
                "{\"sub\":\"a\",\"colour\":1}|colour",
                "{\"sub\":\"a\",\"sub\":\"b\"}|body",
                "{\"sub\":\"a\"}{}|body",
                "[1]|body",
                "nonsense|body",
            })
    void shouldNameTheInvalidFieldOfACreate(String json, String field) {
        assertProblem(post("/v1/tokens", json), 400)
                .body("type", equalTo("urn:token-cache:problem:invalid-request"))
                .body("violations.field", hasItem(field));
    }

    @Test
    void shouldReturn413ForEveryTooLargePart() {
        assertProblem(post("/v1/tokens", "{\"sub\":\"a\",\"claims\":{\"a\":\"" + "x".repeat(4090) + "\"}}"), 413);
        assertProblem(post("/v1/tokens", " ".repeat(16_384) + "{}"), 413);
        assertProblem(post("/v1/tokens", " ".repeat(16_382) + "{}"), 400);
        assertProblem(post("/v1/tokens/validate", "{\"token\":\"" + "x".repeat(16_384) + "\"}"), 413);
        post("/v1/tokens/validate", "{\"tokens\":[\"" + "x".repeat(60_000) + "\"]}")
                .statusCode(200);
        assertProblem(post("/v1/tokens/validate", "{\"tokens\":[\"" + "x".repeat(65_536) + "\"]}"), 413);
    }

    @Test
    void shouldRefuseTenMegabytesAndServeTheNextRequest() {
        for (String path : JSON_PATHS) {
            assertProblem(
                    raw().contentType("application/json")
                            .body(new byte[10_000_000])
                            .post(path)
                            .then(),
                    413);
        }
        post("/v1/tokens/validate", "{\"token\":\"x\"}").statusCode(200);
    }

    @Test
    void shouldRefuseDeepNestingAndHugeNumbers() {
        for (String json : new String[] {
            "{\"sub\":\"a\",\"claims\":" + "{\"a\":".repeat(3000),
            "{\"sub\":\"a\",\"claims\":" + "{\"a\":".repeat(100) + "1" + "}".repeat(101),
            "[".repeat(16_000),
            "{\"sub\":\"a\",\"expires_in\":" + "9".repeat(10_000) + "}"
        }) {
            // As bytes: REST Assured is slow with deeply nested text.
            byte[] body = json.getBytes(StandardCharsets.US_ASCII);
            assertProblem(
                            raw().contentType("application/json")
                                    .body(body)
                                    .post("/v1/tokens")
                                    .then(),
                            400)
                    .body("violations.field", contains("body"));
        }
        assertProblem(post("/v1/tokens", "{\"sub\":\"a\",\"expires_in\":1e" + "9".repeat(900) + "}"), 400)
                .body("violations.field", contains("expires_in"));
    }

    @Test
    void shouldRefuseInvalidUtf8() {
        byte[] body = "{\"sub\":\"a?\"}".getBytes(StandardCharsets.US_ASCII);
        body[9] = (byte) 0xff;
        assertProblem(
                        raw().contentType("application/json")
                                .body(body)
                                .post("/v1/tokens")
                                .then(),
                        400)
                .body("violations.field", contains("body"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "*/*", "garbage", ";", "a/b/c"})
    void shouldRefuseOtherMediaTypes(String contentType) {
        for (String path : JSON_PATHS) {
            assertProblem(
                    raw().header("Content-Type", contentType)
                            .body("{}".getBytes(StandardCharsets.US_ASCII))
                            .post(path)
                            .then(),
                    415);
        }
    }

    @Test
    void shouldRefuseCompressedBody() {
        assertProblem(
                dev().header("Content-Encoding", "gzip")
                        .contentType("application/json")
                        .body("{}")
                        .post("/v1/tokens")
                        .then(),
                415);
    }

    @Test
    void shouldListTheMethodsOfAPathInAllow() {
        assertProblem(dev().get("/v1/tokens").then(), 405).header("Allow", "POST, OPTIONS");
        assertProblem(dev().put("/v1/tokens/validate").then(), 405).header("Allow", "POST, OPTIONS");
        for (String call : List.of("validate", "renew", "expire")) {
            assertProblem(dev().get("/v1/tokens/" + call).then(), 405).header("Allow", "POST, OPTIONS");
            assertProblem(dev().delete("/v1/tokens/" + call).then(), 405).header("Allow", "POST, OPTIONS");
        }
        assertProblem(dev().request("PROPFIND", "/v1/tokens").then(), 405).header("Allow", "POST, OPTIONS");
        assertProblem(dev().post("/v1/tokens/x").then(), 405).header("Allow", containsString("DELETE"));
        assertProblem(dev().delete("/v1/subjects/x/tokens").then(), 405).header("Allow", containsString("GET"));
        assertProblem(dev().post("/.well-known/oauth-authorization-server").then(), 405)
                .header("Allow", containsString("GET"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v1/",
                "/v2/tokens",
                "/v1/tokens/a/b",
                "/v1/subjects",
                "/v1/subjects/x",
                "/favicon.ico"
            })
    void shouldReturn404ForOtherPaths(String path) {
        assertProblem(given().get(path).then(), 404);
    }

    @Test
    void shouldIgnoreTheAcceptHeader() {
        for (String accept : new String[] {"text/html", "application/xml", "garbage", "*/*;q=0"}) {
            dev().header("Accept", accept)
                    .contentType("application/json")
                    .body("{\"token\":\"x\"}")
                    .post("/v1/tokens/validate")
                    .then()
                    .statusCode(200)
                    .contentType("application/json");
            assertProblem(given().header("Accept", accept).get("/nowhere").then(), 404);
        }
    }

    @Test
    void shouldReturn4xxForGarbage() {
        Random random = new Random(42);
        String[] seeds = {
            "{\"sub\":\"alice\",\"expires_in\":100,\"claims\":{\"a\":[1,2.5e3,null]},\"aud\":[\"x\"]}",
            "{\"tokens\":[\"a\",\"b\"]}",
            "{\"token\":\"0123456789abcdef\",\"expires_in\":5}",
            "{\"before\":5}"
        };
        for (int i = 0; i < 400; i++) {
            byte[] body = mutate(seeds[random.nextInt(seeds.length)].getBytes(StandardCharsets.UTF_8), random);
            String path = JSON_PATHS[random.nextInt(JSON_PATHS.length)];
            Response response = raw().contentType("application/json").body(body).post(path);
            assertThat(response.statusCode())
                    .as("%s %s", path, new String(body, StandardCharsets.ISO_8859_1))
                    .isLessThan(500);
        }
    }

    private static byte[] mutate(byte[] seed, Random random) {
        byte[] mutant = seed.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(mutant.length);
            mutant[at] = random.nextBoolean()
                    ? (byte) random.nextInt(256)
                    : (byte) "{}[]\",:\\u0e-.".charAt(random.nextInt(13));
        }
        return mutant;
    }
}
