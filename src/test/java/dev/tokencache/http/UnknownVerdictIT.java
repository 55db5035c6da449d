package dev.tokencache.http;

import dev.tokencache.identity.IdentityKeys;
import dev.tokencache.logout.FakeProvider;
import dev.tokencache.logout.FakeProviderResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.tokencache.http.Api.createToken;
import static dev.tokencache.http.Api.dev;
import static dev.tokencache.http.Api.post;
import static dev.tokencache.http.Api.subject;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

/** Every call reports an unavailable store as 503. */
@QuarkusTest
@TestProfile(UnknownVerdictIT.WithUnreachableStore.class)
class UnknownVerdictIT {

    /** The secret of the caller {@code shop}: encoded in as many ways as there are libraries. */
    static final String SHOP_SECRET = "s+cr%t:/ 1";

    public static class WithUnreachableStore implements QuarkusTestProfile {
        @Override
        public Set<Class<?>> getEnabledAlternatives() {
            return Set.of(UnreachableStore.class);
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(FakeProviderResource.class));
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> config = new HashMap<>(IdentityKeys.configuration());
            config.put("tokencache.callers.shop.secret-sha256", RolesIT.sha256(SHOP_SECRET));
            config.put("tokencache.callers.shop.roles", "validate,revoke");
            return config;
        }
    }

    @Inject
    UnreachableStore store;

    private String token = "";
    private String jti = "";

    @BeforeEach
    void createOne() {
        JsonPath created = createToken(Map.of("sub", subject())).extract().jsonPath();
        token = created.getString("token");
        jti = created.getString("jti");
    }

    @AfterEach
    void reachAgain() {
        store.unreachable(false);
        store.broken(false);
    }

    private static ValidatableResponse assertUnavailable(ValidatableResponse response) {
        return response.statusCode(503)
                .header("Retry-After", "1")
                .header("Cache-Control", "no-store")
                .header("WWW-Authenticate", nullValue())
                .body(not(containsString("hunter2")))
                .body(not(containsString("active")));
    }

    private static void assertUnavailableProblem(ValidatableResponse response) {
        assertUnavailable(response)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:token-cache:problem:store-unavailable"));
    }

    private static void assertUnavailableOAuth(ValidatableResponse response) {
        assertUnavailable(response).contentType("application/json").body("error", equalTo("temporarily_unavailable"));
    }

    @Test
    void shouldReturn503FromEveryCallWhileTheStoreIsUnavailable() {
        store.unreachable(true);
        assertUnavailableProblem(post("/v1/tokens", Map.of("sub", subject())));
        assertUnavailableProblem(post("/v1/tokens/validate", Map.of("token", token)));
        assertUnavailableProblem(post("/v1/tokens/validate", Map.of("tokens", List.of(token, token))));
        assertUnavailableProblem(post("/v1/tokens/renew", Map.of("token", token)));
        assertUnavailableProblem(post("/v1/tokens/expire", Map.of("token", token)));
        assertUnavailableProblem(dev().get("/v1/tokens/" + jti).then());
        assertUnavailableProblem(dev().delete("/v1/tokens/" + jti).then());
        assertUnavailableProblem(dev().get("/v1/subjects/x/tokens").then());
        assertUnavailableProblem(dev().post("/v1/subjects/x/expire").then());
        assertUnavailableProblem(given().header("Authorization", "Bearer " + token)
                .get("/v1/auth")
                .then());
        assertUnavailableOAuth(Api.oauth("/oauth2/introspect", token));
        assertUnavailableOAuth(dev().accept("application/token-introspection+jwt")
                .formParam("token", token)
                .post("/oauth2/introspect")
                .then());
        assertUnavailableOAuth(Api.oauth("/oauth2/revoke", token));
    }

    @Test
    void shouldLetAProviderRepeatALogoutThatFailed() {
        String sub = subject();
        String ended = createToken(Map.of("sub", sub)).extract().path("token");
        for (String sid : new String[] {"s", null}) {
            String logout = FakeProvider.logoutToken(sub, sid);
            store.unreachable(true);
            assertUnavailableOAuth(logout(logout));

            store.unreachable(false);
            logout(logout).statusCode(200);
            Api.validate(ended).body("active", equalTo(false));
        }
    }

    private static ValidatableResponse logout(String token) {
        return given().formParam("logout_token", token)
                .post("/oauth2/backchannel-logout")
                .then();
    }

    @Test
    void shouldReportForgedStringsInactiveWithoutTheStore() {
        store.unreachable(true);
        Api.validate("tc1_nonsense").body("active", equalTo(false));
        Api.oauth("/oauth2/introspect", "short").statusCode(200).body("active", equalTo(false));
        post("/v1/tokens/expire", Map.of("token", "short")).statusCode(204);
        given().get("/v1/auth").then().statusCode(401);
        given().header("Authorization", "Bearer short").get("/v1/auth").then().statusCode(401);
        given().get("/.well-known/oauth-authorization-server").then().statusCode(200);
    }

    @Test
    void shouldMarkTheUnknownEntriesOfABatch() {
        store.unreachable(located -> located instanceof dev.tokencache.token.TokenLocator.Foreign);
        post("/v1/tokens/validate", Map.of("tokens", List.of("a-token-of-another-system", token, "short")))
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .body("results.active", contains(nullValue(), equalTo(true), equalTo(false)))
                .body("results[0].error", equalTo("store_unavailable"));
    }

    @Test
    void shouldNotLogOutABrowserWithSeveralCookiesIfOneIsUnknown() {
        String away = "a-token-of-another-system";
        store.unreachable(located -> located instanceof dev.tokencache.token.TokenLocator.Foreign);
        assertUnavailableProblem(given().header("Cookie", "sso_token=short; sso_token=" + away)
                .get("/v1/auth")
                .then());
        given().header("Cookie", "sso_token=" + away + "; sso_token=" + token)
                .get("/v1/auth")
                .then()
                .statusCode(200);
    }

    @Test
    void shouldReturn500WithoutDetailsForAnUnexpectedFailure() {
        store.broken(true);
        for (ValidatableResponse response : List.of(
                post("/v1/tokens/validate", Map.of("token", token)),
                post("/v1/tokens/validate", Map.of("tokens", List.of(token))),
                given().header("Authorization", "Bearer " + token)
                        .get("/v1/auth")
                        .then())) {
            response.statusCode(500)
                    .contentType("application/problem+json")
                    .header("Cache-Control", "no-store")
                    .body("type", equalTo("about:blank"))
                    .body("title", equalTo("Internal Server Error"))
                    .body("status", equalTo(500))
                    .body("detail", equalTo("the request failed for a reason that only the log has"));
        }
        Api.oauth("/oauth2/introspect", token).statusCode(500).body("error", equalTo("server_error"));
    }
}
