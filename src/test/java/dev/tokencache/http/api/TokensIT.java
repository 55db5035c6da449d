package dev.tokencache.http.api;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ExtractableResponse;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

import static dev.tokencache.http.Api.createToken;
import static dev.tokencache.http.Api.dev;
import static dev.tokencache.http.Api.isActive;
import static dev.tokencache.http.Api.post;
import static dev.tokencache.http.Api.subject;
import static dev.tokencache.http.Api.token;
import static dev.tokencache.http.Api.validate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

@QuarkusTest
class TokensIT {

    private static final Map<String, Object> CLAIMS =
            Map.of("email", "a@example.org", "groups", List.of("staff"), "none", Map.of());

    @Test
    void shouldCreateTokenWithDefaults() {
        String sub = subject();
        ExtractableResponse<Response> response = createToken(Map.of("sub", sub))
                .header("Cache-Control", "no-store")
                .contentType("application/json")
                .body("$", aMapWithSize(6))
                .body("sub", equalTo(sub))
                .body("client_id", equalTo("dev"))
                .extract();
        JsonPath body = response.jsonPath();
        assertThat(body.getString("token")).startsWith("tc1_");
        assertThat(response.header("Location")).isEqualTo("/v1/tokens/" + body.getString("jti"));
        assertThat(body.getLong("iat")).isCloseTo(Instant.now().getEpochSecond(), within(5L));
        assertThat(body.getLong("exp") - body.getLong("iat")).isEqualTo(8 * 3600);
    }

    @Test
    void shouldCreateTokenWithAllMembers() {
        Map<String, Object> request = Map.of(
                "sub",
                "älice@example/org 😀",
                "expires_in",
                100,
                "max_lifetime",
                200,
                "idle_timeout",
                50,
                "scope",
                "openid profile",
                "aud",
                List.of("shop"),
                "claims",
                CLAIMS);
        JsonPath created = createToken(request)
                .body("sub", equalTo("älice@example/org 😀"))
                .body("idle_timeout", equalTo(50))
                .body("scope", equalTo("openid profile"))
                .body("aud", contains("shop"))
                .body("claims", equalTo(CLAIMS))
                .extract()
                .jsonPath();
        assertThat(created.getLong("exp") - created.getLong("iat")).isEqualTo(100);
        validate(created.getString("token"))
                .body("active", equalTo(true))
                .body("jti", equalTo(created.getString("jti")))
                .body("sub", equalTo("älice@example/org 😀"))
                .body("exp", equalTo(created.getInt("exp")))
                .body("claims", equalTo(CLAIMS))
                .body("$", not(hasKey("token")));
    }

    @Test
    void shouldLimitTheDefaultLifetimeByMaxLifetime() {
        JsonPath created = createToken(Map.of("sub", subject(), "max_lifetime", 60))
                .extract()
                .jsonPath();
        assertThat(created.getLong("exp") - created.getLong("iat")).isEqualTo(60);
    }

    @Test
    void shouldStoreAForeignToken() {
        String own = "other-system-" + UUID.randomUUID();
        createToken(Map.of("sub", subject(), "token", own)).body("token", equalTo(own));
        validate(own).body("active", equalTo(true));
        post("/v1/tokens", Map.of("sub", subject(), "token", own))
                .statusCode(409)
                .contentType("application/problem+json")
                .header("Cache-Control", "no-store")
                .body("type", equalTo("urn:token-cache:problem:token-taken"))
                .body("status", equalTo(409));
        post("/v1/tokens/expire", Map.of("token", own)).statusCode(204);
        assertThat(isActive(own)).isFalse();
    }

    @Test
    void shouldReportUnknownStringsInactive() {
        for (String other :
                List.of("", "x", "tc1_", "tc1_" + "A".repeat(72), "ünïcödé-ünïcödé-ünïcödé", "a".repeat(9000))) {
            validate(other).header("Cache-Control", "no-store").body("$", equalTo(Map.of("active", false)));
        }
    }

    @Test
    void shouldValidateBatchInOrder() {
        String first = token();
        String second = token();
        post("/v1/tokens/validate", Map.of("tokens", List.of(second, "nonsense", first, second)))
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .body("results", hasSize(4))
                .body("results.active", contains(true, false, true, true))
                .body("results[1]", equalTo(Map.of("active", false)));
    }

    @Test
    void shouldValidateBatchOfOneHundredInOneBody() {
        String longest = "x".repeat(512);
        post("/v1/tokens/validate", Map.of("tokens", Collections.nCopies(100, longest)))
                .statusCode(200)
                .body("results", hasSize(100));
        post("/v1/tokens/validate", Map.of("tokens", Collections.nCopies(101, "x")))
                .statusCode(400)
                .body("violations.field", contains("tokens"));
    }

    @Test
    void shouldRenew() {
        JsonPath created = createToken(Map.of("sub", subject(), "expires_in", 10, "max_lifetime", 1000))
                .extract()
                .jsonPath();
        String token = created.getString("token");
        JsonPath renewed = post("/v1/tokens/renew", Map.of("token", token, "expires_in", 500))
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .body("jti", equalTo(created.getString("jti")))
                .body("$", not(hasKey("token")))
                .extract()
                .jsonPath();
        assertThat(renewed.getLong("exp")).isCloseTo(created.getLong("iat") + 500, within(5L));
        validate(token).body("exp", equalTo(renewed.getInt("exp")));
        JsonPath again = post("/v1/tokens/renew", Map.of("token", token))
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(again.getLong("exp")).isCloseTo(created.getLong("iat") + 10, within(5L));
    }

    @Test
    void shouldNotRenewPastTheMaximumExpiry() {
        String token = createToken(Map.of("sub", subject(), "expires_in", 10))
                .extract()
                .path("token");
        post("/v1/tokens/renew", Map.of("token", token, "expires_in", 500))
                .statusCode(400)
                .body("violations.field", contains("expires_in"));
        post("/v1/tokens/renew", Map.of("token", token)).statusCode(200);
    }

    @Test
    void shouldNotRenewInactiveToken() {
        post("/v1/tokens/renew", Map.of("token", "never-was-a-token"))
                .statusCode(404)
                .contentType("application/problem+json");
    }

    @Test
    void shouldExpireByTokenIdempotently() {
        String token = token();
        for (int i = 0; i < 2; i++) {
            assertThat(post("/v1/tokens/expire", Map.of("token", token))
                            .statusCode(204)
                            .header("Cache-Control", "no-store")
                            .extract()
                            .asByteArray())
                    .isEmpty();
            assertThat(isActive(token)).isFalse();
        }
        post("/v1/tokens/expire", Map.of("token", "never-was")).statusCode(204);
    }

    @Test
    void shouldReadAndExpireById() {
        JsonPath created = createToken(Map.of("sub", subject())).extract().jsonPath();
        String location = "/v1/tokens/" + created.getString("jti");
        dev().get(location)
                .then()
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .body("jti", equalTo(created.getString("jti")))
                .body("$", not(hasKey("token")))
                .body("$", not(hasKey("active")));
        for (int i = 0; i < 2; i++) {
            dev().delete(location).then().statusCode(204).header("Cache-Control", "no-store");
            assertThat(isActive(created.getString("token"))).isFalse();
            dev().get(location).then().statusCode(404).contentType("application/problem+json");
        }
    }

    @Test
    void shouldTreatAMalformedIdAsUnknown() {
        dev().get("/v1/tokens/no-id").then().statusCode(404).header("Cache-Control", "no-store");
        dev().delete("/v1/tokens/no-id").then().statusCode(204);
    }

    @Test
    void shouldAnswerHeadAndOptions() {
        String jti = createToken(Map.of("sub", subject())).extract().path("jti");
        dev().head("/v1/tokens/" + jti).then().statusCode(200);
        dev().options("/v1/tokens/" + jti).then().statusCode(200);
    }

    @Test
    void shouldLeaveOutAbsentMembers() {
        createToken(Map.of("sub", subject()))
                .body("$", not(hasKey("claims")))
                .body("$", not(hasKey("scope")))
                .body("$", not(hasKey("aud")))
                .body("$", not(hasKey("idle_timeout")));
        createToken(Map.of("sub", subject(), "claims", Map.of())).body("claims", anEmptyMap());
    }
}
