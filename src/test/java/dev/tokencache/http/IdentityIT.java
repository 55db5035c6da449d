package dev.tokencache.http;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static dev.tokencache.http.Api.as;
import static dev.tokencache.http.Api.createToken;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

/** Signed identities and introspections, verified by Nimbus with the published keys. */
@QuarkusTest
@TestProfile(RolesIT.OneCallerPerRole.class)
class IdentityIT {

    private static final String SIGNED = "application/token-introspection+jwt";
    private static final String CALLER =
            "Basic " + Base64.getEncoder().encodeToString("validate:validate".getBytes(US_ASCII));

    private static JsonPath created() {
        return createToken(Map.of("sub", "zoë", "scope", "read", "claims", Map.of("mail", "z@mail.example")))
                .extract()
                .jsonPath();
    }

    private static Response forwardAuth(String token) {
        return given().header("X-Caller-Authorization", CALLER)
                .header("Authorization", "Bearer " + token)
                .header("X-Auth-Identity", "forged")
                .get("/v1/auth");
    }

    private static Response introspect(String token) {
        return as("validate")
                .accept(SIGNED + ", application/json;q=0.5")
                .formParam("token", token)
                .post("/oauth2/introspect");
    }

    private static SignedJWT verified(String jwt) throws ParseException, JOSEException {
        SignedJWT parsed = SignedJWT.parse(jwt);
        JWKSet keys = JWKSet.parse(given().get("/.well-known/jwks.json").asString());
        assertThat(parsed.verify(new ECDSAVerifier(
                        keys.getKeyByKeyId(parsed.getHeader().getKeyID()).toECKey())))
                .isTrue();
        return parsed;
    }

    @Test
    void shouldSendASignedIdentity() throws ParseException, JOSEException {
        JsonPath token = created();

        JWTClaimsSet identity = verified(forwardAuth(token.getString("token"))
                        .then()
                        .statusCode(200)
                        .extract()
                        .header("X-Auth-Identity"))
                .getJWTClaimsSet();

        assertThat(identity.getIssuer()).isEqualTo("https://tokens.example.org");
        assertThat(identity.getAudience()).containsExactly("shop");
        assertThat(identity.getSubject()).isEqualTo("zoë");
        assertThat(identity.getJWTID()).isEqualTo(token.getString("jti"));
        assertThat(identity.getClaim("scope")).isEqualTo("read");
        assertThat(identity.getClaim("claims")).isEqualTo(Map.of("mail", "z@mail.example"));
        assertThat(identity.getExpirationTime().getTime()
                        - identity.getIssueTime().getTime())
                .isEqualTo(60_000);
    }

    @Test
    void shouldSignNothingForAnInactiveToken() {
        String token = created().getString("token");
        forwardAuth(token).then().statusCode(200);
        as("revoke")
                .contentType("application/json")
                .body(Map.of("token", token))
                .post("/v1/tokens/expire");

        forwardAuth(token).then().statusCode(401).header("X-Auth-Identity", nullValue());
    }

    @Test
    void shouldSignIntrospections() throws ParseException, JOSEException {
        JsonPath token = created();

        SignedJWT active = verified(introspect(token.getString("token"))
                .then()
                .statusCode(200)
                .contentType(SIGNED)
                .header("Cache-Control", "no-store")
                .extract()
                .asString());
        SignedJWT inactive =
                verified(introspect("inactive-token-of-another-system").asString());

        assertThat(active.getHeader().getType()).hasToString("token-introspection+jwt");
        assertThat(active.getJWTClaimsSet().getClaims()).containsOnlyKeys("iss", "aud", "iat", "token_introspection");
        assertThat(active.getJWTClaimsSet().getAudience()).containsExactly("validate");
        assertThat(active.getJWTClaimsSet().getJSONObjectClaim("token_introspection"))
                .containsEntry("active", true)
                .containsEntry("sub", "zoë")
                .containsEntry("mail", "z@mail.example");
        assertThat(inactive.getJWTClaimsSet().getJSONObjectClaim("token_introspection"))
                .isEqualTo(Map.of("active", false));
    }

    @Test
    void shouldSignIntrospectionsOnRequestOnly() {
        as("validate")
                .accept("*/*")
                .formParam("token", created().getString("token"))
                .post("/oauth2/introspect")
                .then()
                .statusCode(200)
                .contentType("application/json")
                .body("active", equalTo(true));
    }

    @Test
    void shouldPublishTheKeys() {
        JsonPath keys = given().get("/.well-known/jwks.json")
                .then()
                .statusCode(200)
                .contentType("application/json")
                .header("Cache-Control", "public, max-age=300")
                .extract()
                .jsonPath();
        assertThat(keys.getList("keys.kid")).containsExactly("ec", "ed");
        assertThat(keys.getList("keys.d")).containsOnlyNulls();

        JsonPath metadata =
                given().get("/.well-known/oauth-authorization-server").jsonPath();
        assertThat(metadata.getString("jwks_uri")).isEqualTo("https://tokens.example.org/.well-known/jwks.json");
        assertThat(metadata.getList("introspection_signing_alg_values_supported"))
                .isEqualTo(List.of("ES256", "EdDSA"));
    }
}
