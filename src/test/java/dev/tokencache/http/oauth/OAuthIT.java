package dev.tokencache.http.oauth;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.tokencache.http.Api.createToken;
import static dev.tokencache.http.Api.dev;
import static dev.tokencache.http.Api.isActive;
import static dev.tokencache.http.Api.oauth;
import static dev.tokencache.http.Api.subject;
import static dev.tokencache.http.Api.token;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

@QuarkusTest
class OAuthIT {

    private static final List<String> METHODS = List.of("client_secret_basic", "client_secret_post");

    @Test
    void shouldIntrospectWithClaimsAtTheTopLevel() {
        String sub = subject();
        JsonPath created = createToken(Map.of(
                        "sub",
                        sub,
                        "scope",
                        "a b",
                        "aud",
                        "shop",
                        "claims",
                        Map.of("email", "a@b", "sub", "root", "exp", 1, "username", "root")))
                .extract()
                .jsonPath();
        oauth("/oauth2/introspect", created.getString("token"))
                .statusCode(200)
                .contentType("application/json")
                .header("Cache-Control", "no-store")
                .body("active", equalTo(true))
                .body("sub", equalTo(sub))
                .body("iat", equalTo(created.getInt("iat")))
                .body("exp", equalTo(created.getInt("exp")))
                .body("jti", equalTo(created.getString("jti")))
                .body("client_id", equalTo("dev"))
                .body("scope", equalTo("a b"))
                .body("aud", equalTo("shop"))
                .body("token_type", equalTo("Bearer"))
                .body("email", equalTo("a@b"))
                .body("$", not(hasKey("username")))
                .body("$", not(hasKey("claims")));
    }

    @Test
    void shouldReportOnlyThatATokenIsInactive() {
        oauth("/oauth2/introspect", "never-was-a-token")
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .body("$", equalTo(Map.of("active", false)));
    }

    @Test
    void shouldIgnoreOtherParameters() {
        dev().formParam("token_type_hint", "nonsense")
                .formParam("token", token())
                .formParam("x", "y")
                .post("/oauth2/introspect")
                .then()
                .statusCode(200)
                .body("active", equalTo(true));
    }

    @Test
    void shouldRevokeIdempotently() {
        String token = token();
        for (String revoked : List.of(token, token, "never-was-a-token")) {
            assertThat(oauth("/oauth2/revoke", revoked)
                            .statusCode(200)
                            .header("Cache-Control", "no-store")
                            .extract()
                            .asByteArray())
                    .isEmpty();
        }
        assertThat(isActive(token)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/oauth2/introspect", "/oauth2/revoke"})
    void shouldReportOAuthErrors(String path) {
        String form = "application/x-www-form-urlencoded";
        for (String body : List.of("", "x=y", "token=a&token=b", "token=%zz", "token=")) {
            dev().contentType(form)
                    .body(body)
                    .post(path)
                    .then()
                    .statusCode(400)
                    .contentType("application/json")
                    .header("Cache-Control", "no-store")
                    .body("error", equalTo("invalid_request"))
                    .body("error_description", startsWith("token "));
        }
        dev().contentType("application/json")
                .body("{}")
                .post(path)
                .then()
                .statusCode(415)
                .body("error", equalTo("invalid_request"));
        dev().contentType(form)
                .body("token=" + "a".repeat(20_000))
                .post(path)
                .then()
                .statusCode(413)
                .body("error", equalTo("invalid_request"));
        dev().get(path)
                .then()
                .statusCode(405)
                .header("Allow", containsString("POST"))
                .body("error", equalTo("invalid_request"));
        dev().get("/oauth2/nowhere").then().statusCode(404).body("error", equalTo("invalid_request"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/oauth2/introspect", "/oauth2/revoke"})
    void shouldRefuseWrongCredentials(String path) {
        for (String header : List.of("Basic ZGV2OndlbHQ=", "Basic ***", "Bearer x", "")) {
            given().header("Authorization", header)
                    .formParam("token", "x")
                    .post(path)
                    .then()
                    .statusCode(401)
                    .header("WWW-Authenticate", startsWith("Basic "))
                    .header("Cache-Control", "no-store")
                    .body("error", equalTo("invalid_client"));
        }
    }

    @Test
    void shouldAcceptFormEncodedCredentials() {
        given().auth()
                .preemptive()
                .basic("%64ev", "d%65v")
                .formParam("token", "x")
                .post("/oauth2/introspect")
                .then()
                .statusCode(200);
        given().auth()
                .preemptive()
                .basic("%64ev", "d%65v")
                .get("/v1/tokens/x")
                .then()
                .statusCode(401);
    }

    @Test
    void shouldAcceptCredentialsInTheForm() {
        String token = token();
        ValidatableResponse introspected = inForm("dev", "dev", token, "/oauth2/introspect");
        introspected.statusCode(200).body("active", equalTo(true)).body("client_id", equalTo("dev"));
        inForm("dev", "dev", token, "/oauth2/revoke").statusCode(200);
        assertThat(isActive(token)).isFalse();
    }

    private static ValidatableResponse inForm(String id, String secret, String token, String path) {
        return given().formParam("client_id", id)
                .formParam("client_secret", secret)
                .formParam("token", token)
                .post(path)
                .then()
                .header("Cache-Control", "no-store");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/oauth2/introspect", "/oauth2/revoke"})
    void shouldRefuseWrongCredentialsInTheFormWithoutAChallenge(String path) {
        for (String id : List.of("dev", "unknown-caller", "")) {
            inForm(id, "wrong", "x", path)
                    .statusCode(401)
                    .header("WWW-Authenticate", nullValue())
                    .body("error", equalTo("invalid_client"));
        }
        given().formParam("client_id", "dev")
                .formParam("token", "x")
                .post(path)
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", startsWith("Basic "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/oauth2/introspect", "/oauth2/revoke"})
    void shouldRefuseCredentialsInTheHeaderAndTheForm(String path) {
        dev().formParam("client_id", "dev")
                .formParam("client_secret", "dev")
                .formParam("token", "x")
                .post(path)
                .then()
                .statusCode(400)
                .body("error", equalTo("invalid_request"))
                .body("error_description", startsWith("client_secret "));
        // An id alone is no credential, and many clients send it.
        dev().formParam("client_id", "dev")
                .formParam("token", "x")
                .post(path)
                .then()
                .statusCode(200);
    }

    @Test
    void shouldNotTakeCredentialsFromAFormElsewhere() {
        given().formParam("client_id", "dev")
                .formParam("client_secret", "dev")
                .post("/v1/tokens")
                .then()
                .statusCode(401);
    }

    @Test
    void shouldServeMetadata() {
        JsonPath metadata = given().get("/.well-known/oauth-authorization-server")
                .then()
                .statusCode(200)
                .contentType("application/json")
                .body("introspection_endpoint_auth_methods_supported", equalTo(METHODS))
                .body("revocation_endpoint_auth_methods_supported", equalTo(METHODS))
                .body("response_types_supported", empty())
                .extract()
                .jsonPath();
        String issuer = metadata.getString("issuer");
        assertThat(issuer).matches("http://[^/]+:\\d+");
        assertThat(metadata.getString("introspection_endpoint")).isEqualTo(issuer + "/oauth2/introspect");
        dev().formParam("token", "x")
                .post(metadata.getString("revocation_endpoint"))
                .then()
                .statusCode(200);
    }
}
