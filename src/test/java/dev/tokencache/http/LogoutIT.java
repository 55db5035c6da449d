package dev.tokencache.http;

import dev.tokencache.logout.FakeProvider;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static dev.tokencache.http.Api.createToken;
import static dev.tokencache.http.Api.dev;
import static dev.tokencache.http.Api.isActive;
import static dev.tokencache.http.Api.subject;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

/** Logouts of a provider whose keys are published over TLS. */
@QuarkusTest
@TestProfile(RolesIT.OneCallerPerRole.class)
class LogoutIT {

    private static ValidatableResponse logout(String token) {
        return given().formParam("logout_token", token)
                .post("/oauth2/backchannel-logout")
                .then()
                .header("Cache-Control", "no-store");
    }

    private static String token(String sub, @Nullable Object sid) {
        Map<String, Object> request = new HashMap<>(Map.of("sub", sub));
        if (sid != null) {
            request.put("claims", Map.of("a", Map.of("sid", "x"), "sid", sid));
        }
        return createToken(request).extract().path("token");
    }

    @Test
    void shouldEndAllTokensOfTheSubject() {
        String sub = subject();
        String one = token(sub, "s1");
        String other = token(sub, null);
        String stranger = token(subject(), "s1");

        logout(FakeProvider.logoutToken(sub, null)).statusCode(200);

        assertThat(isActive(one)).isFalse();
        assertThat(isActive(other)).isFalse();
        assertThat(isActive(stranger)).isTrue();
        assertThat(isActive(token(sub, "s1"))).isTrue();
    }

    @Test
    void shouldEndTheSessionAndTokensWithoutOne() {
        String sub = subject();
        String ended = token(sub, "s1");
        String unknown = token(sub, null);
        String other = token(sub, "s2");
        String number = token(sub, 5);

        logout(FakeProvider.logoutToken(sub, "s1")).statusCode(200);

        assertThat(isActive(ended)).isFalse();
        assertThat(isActive(unknown)).isFalse();
        assertThat(isActive(other)).isTrue();
        assertThat(isActive(number)).isTrue();
    }

    @Test
    void shouldEndASessionOfManyTokens() {
        String sub = subject();
        String other = token(sub, "s2");
        IntStream.range(0, 40).forEach(i -> token(sub, "s1"));

        logout(FakeProvider.logoutToken(sub, "s1")).statusCode(200);

        dev().get("/v1/subjects/" + sub + "/tokens").then().body("tokens.size()", equalTo(1));
        assertThat(isActive(other)).isTrue();
    }

    @Test
    void shouldAcceptTheLogoutOfAnUnknownSubject() {
        logout(FakeProvider.logoutToken(subject(), null)).statusCode(200);
        logout(FakeProvider.logoutToken(subject(), "s")).statusCode(200);
    }

    @Test
    void shouldRefuseARepeatedToken() {
        String logout = FakeProvider.logoutToken(subject(), null);
        logout(logout).statusCode(200);

        logout(logout).statusCode(400).body("error", equalTo("invalid_request"));
    }

    @Test
    void shouldRefuseAnInvalidToken() {
        String sub = subject();
        String token = token(sub, null);
        String logout = FakeProvider.logoutToken(sub, null);
        String forged = logout.substring(0, logout.length() - 8) + "AAAAAAAA";

        for (String invalid : new String[] {forged, "", "x"}) {
            logout(invalid)
                    .statusCode(400)
                    .contentType("application/json")
                    .body("error", equalTo("invalid_request"))
                    .body("error_description", containsString("logout_token "))
                    .body(not(containsString(sub)));
        }
        given().formParam("token", logout)
                .post("/oauth2/backchannel-logout")
                .then()
                .statusCode(400)
                .body("error", equalTo("invalid_request"));
        assertThat(isActive(token)).isTrue();
    }

    @Test
    void shouldRefuseAnythingButAForm() {
        given().contentType("application/json")
                .body("{}")
                .post("/oauth2/backchannel-logout")
                .then()
                .statusCode(415)
                .body("error", equalTo("invalid_request"));
        given().get("/oauth2/backchannel-logout").then().statusCode(405).header("Allow", containsString("POST"));
    }
}
