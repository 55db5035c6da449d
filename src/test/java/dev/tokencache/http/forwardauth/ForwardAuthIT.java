package dev.tokencache.http.forwardauth;

import dev.tokencache.http.Api;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.tokencache.http.Api.createToken;
import static dev.tokencache.http.Api.subject;
import static dev.tokencache.http.Api.token;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

@QuarkusTest
class ForwardAuthIT {

    private static ValidatableResponse ask(String authorization) {
        return given().header("Authorization", authorization).get("/v1/auth").then();
    }

    private static void assertInactive(ValidatableResponse response) {
        response.statusCode(401)
                .header("WWW-Authenticate", "Bearer error=\"invalid_token\"")
                .header("Cache-Control", "no-store")
                .header("X-Auth-Subject", nullValue())
                .contentType("application/problem+json")
                .body("status", equalTo(401));
    }

    @Test
    void shouldSendTheRecordInHeaders() {
        JsonPath created = createToken(
                        Map.of("sub", "älice smith/1", "scope", "a b", "claims", Map.of("groups", "größe")))
                .extract()
                .jsonPath();
        Response response = ask("Bearer " + created.getString("token"))
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .header("X-Auth-Subject", "%C3%A4lice%20smith%2F1")
                .header("X-Auth-Token-Id", created.getString("jti"))
                .header("X-Auth-Expires", created.getString("exp"))
                .header("X-Auth-Scope", "a b")
                .header("X-Auth-Claims-Omitted", nullValue())
                .body(emptyOrNullString())
                .extract()
                .response();
        byte[] claims = Base64.getUrlDecoder().decode(response.header("X-Auth-Claims"));
        assertThat(new String(claims, StandardCharsets.UTF_8)).isEqualTo("{\"groups\":\"größe\"}");
    }

    @Test
    void shouldLeaveOutAbsentMembers() {
        ask("Bearer " + token())
                .statusCode(200)
                .header("X-Auth-Scope", nullValue())
                .header("X-Auth-Claims", nullValue())
                .header("X-Auth-Claims-Omitted", nullValue())
                .header("X-Auth-Identity", nullValue());
        given().get("/.well-known/jwks.json").then().statusCode(404);
    }

    @Test
    void shouldLeaveOutClaimsOverTheHeaderLimit() {
        // 1536 bytes are 2048 characters of base64.
        String longest = "x".repeat(1536 - "{\"a\":\"\"}".length());
        String fits = createToken(Map.of("sub", subject(), "claims", Map.of("a", longest)))
                .extract()
                .path("token");
        assertThat(ask("Bearer " + fits)
                        .header("X-Auth-Claims-Omitted", nullValue())
                        .extract()
                        .header("X-Auth-Claims"))
                .hasSize(2048);
        String tooLong = createToken(Map.of("sub", subject(), "claims", Map.of("a", longest + "x")))
                .extract()
                .path("token");
        ask("Bearer " + tooLong)
                .statusCode(200)
                .header("X-Auth-Claims", nullValue())
                .header("X-Auth-Claims-Omitted", "true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "X-ANYTHING"})
    void shouldAcceptAnyMethodOnAnySubpath(String method) {
        String token = token();
        for (String path : new String[] {"/v1/auth", "/v1/auth/", "/v1/auth/a/b%20c?d=e"}) {
            given().urlEncodingEnabled(false)
                    .header("Authorization", "Bearer " + token)
                    .request(method, path)
                    .then()
                    .statusCode(200)
                    .header("X-Auth-Token-Id", notNullValue());
            given().urlEncodingEnabled(false).request(method, path).then().statusCode(401);
        }
    }

    @Test
    void shouldNotServeOtherPaths() {
        given().get("/v1/authentic").then().statusCode(404);
    }

    @Test
    void shouldIgnoreBody() {
        given().header("Authorization", "Bearer " + token())
                .contentType("text/plain")
                .body("x".repeat(100_000))
                .post("/v1/auth")
                .then()
                .statusCode(200);
    }

    @Test
    void shouldChallengeRequestWithoutToken() {
        given().get("/v1/auth")
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", "Bearer")
                .header("Cache-Control", "no-store")
                .contentType("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Bearer x", "bearer never-was-a-token", "Bearer tc1_x", "Bearer a b"})
    void shouldRefuseAnInactiveBearer(String authorization) {
        assertInactive(ask(authorization));
    }

    @Test
    void shouldEncodeTheAddressToReturnTo() {
        given().header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-Host", "app.example")
                .header("X-Forwarded-Uri", "/a%20b?a=1&return=https://evil.example/")
                .get("/v1/auth")
                .then()
                .statusCode(401)
                .header(
                        "X-Forwarded-Url-Encoded",
                        "https%3A%2F%2Fapp.example%2Fa%2520b%3Fa%3D1%26return%3Dhttps%3A%2F%2Fevil.example%2F");
        given().header("X-Forwarded-Uri", "/").get("/v1/auth").then().header("X-Forwarded-Url-Encoded", nullValue());
    }

    @Test
    void shouldReadCookie() {
        String token = token();
        for (String cookie :
                new String[] {"sso_token=" + token, "a=b; sso_token=\"" + token + "\"; c", ";;=; sso_token=" + token}) {
            given().header("Cookie", cookie).get("/v1/auth").then().statusCode(200);
        }
    }

    @Test
    void shouldFindTheActiveTokenAmongSeveralCookies() {
        String token = token();
        String twin = createToken(Map.of("sub", "twin")).extract().path("token");
        String otherTwin = createToken(Map.of("sub", "twin")).extract().path("token");
        given().header("Cookie", "sso_token=x; sso_token=" + token)
                .get("/v1/auth")
                .then()
                .statusCode(200);
        given().header("Cookie", "sso_token=" + twin + "; sso_token=x; sso_token=" + otherTwin)
                .get("/v1/auth")
                .then()
                .statusCode(200)
                .header("X-Auth-Subject", "twin");
        assertInactive(given().header("Cookie", "sso_token=" + twin + "; sso_token=" + token)
                .get("/v1/auth")
                .then());
        assertInactive(
                given().header("Cookie", "sso_token=1; sso_token=2; sso_token=3; sso_token=4; sso_token=" + token)
                        .get("/v1/auth")
                        .then());
    }

    @Test
    void shouldNotFallBackToTheCookieForAnInactiveBearer() {
        String cookie = "sso_token=" + token();
        assertInactive(given().header("Authorization", "Bearer never-was-a-token")
                .header("Cookie", cookie)
                .get("/v1/auth")
                .then());
        given().header("Authorization", "Basic YTpi")
                .header("Cookie", cookie)
                .get("/v1/auth")
                .then()
                .statusCode(200);
    }

    @Test
    void shouldRefuseTwoBearers() {
        String bearer = "Bearer " + token();
        assertInactive(
                given().header("Authorization", bearer, bearer).get("/v1/auth").then());
    }

    @Test
    void shouldSeeAnExpiryImmediately() {
        String token = token();
        ask("Bearer " + token).statusCode(200);
        Api.post("/v1/tokens/expire", Map.of("token", token)).statusCode(204);
        assertInactive(ask("Bearer " + token));
    }
}
