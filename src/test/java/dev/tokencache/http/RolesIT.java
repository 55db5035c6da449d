package dev.tokencache.http;

import dev.tokencache.identity.IdentityKeys;
import dev.tokencache.logout.FakeProviderResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.tokencache.http.Api.as;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

/** Roles, tested with one caller for each role, and forward-auth that requires a caller. */
@QuarkusTest
@TestProfile(RolesIT.OneCallerPerRole.class)
class RolesIT {

    private static final List<String> ROLES = List.of("issue", "validate", "revoke", "admin");

    public static class OneCallerPerRole implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(FakeProviderResource.class));
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> config = new HashMap<>();
            for (String role : ROLES) {
                config.put("tokencache.callers." + role + ".secret-sha256", sha256(role));
                config.put("tokencache.callers." + role + ".roles", role);
            }
            config.put("tokencache.forward-auth.require-caller", "true");
            config.put("tokencache.forward-auth.cookie", "my_cookie");
            config.putAll(IdentityKeys.configuration());
            return config;
        }
    }

    static String sha256(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static Stream<Arguments> calls() {
        return Stream.of(
                Arguments.of("POST", "/v1/tokens", "issue"),
                Arguments.of("POST", "/v1/tokens/renew", "issue"),
                Arguments.of("POST", "/v1/tokens/validate", "validate"),
                Arguments.of("POST", "/v1/tokens/expire", "revoke"),
                Arguments.of("DELETE", "/v1/tokens/x", "revoke"),
                Arguments.of("GET", "/v1/tokens/x", "admin"),
                Arguments.of("GET", "/v1/subjects/x/tokens", "admin"),
                Arguments.of("POST", "/v1/subjects/x/expire", "revoke"),
                Arguments.of("GET", "/v1/admin/doctor", "admin"),
                Arguments.of("GET", "/v1/admin/journal", "admin"),
                Arguments.of("GET", "/v1/admin/drill", "admin"),
                Arguments.of("POST", "/v1/admin/drill", "admin"),
                Arguments.of("POST", "/v1/admin/drill/abort", "admin"),
                Arguments.of("POST", "/v1/admin/reload", "admin"),
                Arguments.of("GET", "/v1/admin/migration", "admin"),
                Arguments.of("PUT", "/v1/admin/migration", "admin"),
                Arguments.of("POST", "/v1/admin/migration/backfill", "admin"),
                Arguments.of("POST", "/v1/admin/migration/verify", "admin"),
                Arguments.of("POST", "/oauth2/introspect", "validate"),
                Arguments.of("POST", "/oauth2/revoke", "revoke"));
    }

    /** Sends a body that is refused after the authorization of the caller. */
    private static ValidatableResponse call(RequestSpecification caller, String method, String path) {
        return caller.contentType("text/plain").body("x").request(method, path).then();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void shouldPermitOnlyTheRole(String method, String path, String needed) {
        boolean oauth = path.startsWith("/oauth2/");
        for (String role : ROLES) {
            ValidatableResponse response = call(as(role), method, path);
            if (role.equals(needed)) {
                response.statusCode(answered(method, path));
                continue;
            }
            response.statusCode(403).header("Cache-Control", "no-store");
            if (oauth) {
                response.contentType("application/json").body("error", equalTo("unauthorized_client"));
            } else {
                response.contentType("application/problem+json")
                        .body("type", equalTo("urn:token-cache:problem:role-missing"))
                        .body("detail", equalTo("the role " + needed + " is needed"));
            }
        }
    }

    private static int answered(String method, String path) {
        return switch (method) {
            case "POST", "PUT" -> path.endsWith("/reload") ? 200 : path.endsWith("/abort") ? 409 : 415;
            case "DELETE" -> 204;
            default -> path.endsWith("x") ? 404 : 200;
        };
    }

    @ParameterizedTest
    @MethodSource("calls")
    void shouldRefuseUnknownCallers(String method, String path, String needed) {
        for (RequestSpecification stranger : List.of(
                given(),
                given().auth().preemptive().basic(needed, "wrong"),
                given().auth().preemptive().basic("nobody", needed),
                given().auth().preemptive().basic("", ""),
                given().header("Authorization", "Basic ***"),
                given().header("Authorization", "Bearer " + needed))) {
            call(stranger, method, path)
                    .statusCode(401)
                    .header("WWW-Authenticate", "Basic realm=\"token-cache\", charset=\"UTF-8\"")
                    .header("Cache-Control", "no-store")
                    .contentType(path.startsWith("/oauth2/") ? "application/json" : "application/problem+json");
        }
    }

    @Test
    void shouldRequireTheRoleValidateForForwardAuth() {
        String token = as("issue")
                .contentType("application/json")
                .body(Map.of("sub", "alice"))
                .post("/v1/tokens")
                .then()
                .statusCode(201)
                .extract()
                .path("token");
        forwardAuth("validate", "validate", token).statusCode(200).header("X-Auth-Subject", "alice");
        forwardAuth("admin", "admin", token)
                .statusCode(403)
                .contentType("application/problem+json")
                .header("Cache-Control", "no-store");
        forwardAuth("validate", "wrong", token)
                .statusCode(401)
                .header("WWW-Authenticate", startsWith("Basic "))
                .header("Cache-Control", "no-store");
        given().header("Authorization", "Bearer " + token)
                .get("/v1/auth")
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", startsWith("Basic "));
    }

    private static ValidatableResponse forwardAuth(String id, String secret, String token) {
        String credentials = Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
        return given().header("X-Caller-Authorization", "Basic " + credentials)
                .header("Cookie", "sso_token=x; my_cookie=" + token)
                .get("/v1/auth")
                .then();
    }

    @Test
    void shouldNameTheConfiguredIssuer() {
        given().header("Host", "evil.example")
                .header("X-Forwarded-Host", "evil.example")
                .header("X-Forwarded-Proto", "gopher")
                .header("X-Forwarded-Prefix", "/evil")
                .header("Forwarded", "host=evil.example;proto=gopher")
                .get("/.well-known/oauth-authorization-server")
                .then()
                .statusCode(200)
                .body(not(containsString("evil")))
                .body("revocation_endpoint", equalTo("https://tokens.example.org/oauth2/revoke"))
                .body("issuer", equalTo("https://tokens.example.org"))
                .body("introspection_endpoint", equalTo("https://tokens.example.org/oauth2/introspect"));
    }
}
