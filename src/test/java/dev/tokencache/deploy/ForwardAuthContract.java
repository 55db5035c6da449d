package dev.tokencache.deploy;

import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static dev.tokencache.deploy.Browser.bearer;
import static org.assertj.core.api.Assertions.assertThat;

/** Additional behaviour of web servers that use token-cache's forward-auth endpoint. */
abstract class ForwardAuthContract extends WebServerContract {

    private static final int REQUESTS = 50;

    @Override
    final Duration refusal() {
        return Duration.ZERO;
    }

    @Test
    void shouldForwardClaims() {
        String token = created(Map.of("sub", "alice", "claims", Map.of("mail", "zoë@mail.example")))
                .path("token");

        browser().get("/page", bearer(token));

        assertThat(new String(Base64.getUrlDecoder().decode(seen().header("x-auth-claims")), StandardCharsets.UTF_8))
                .isEqualTo("{\"mail\":\"zoë@mail.example\"}");
        assertThat(seen().headers()).doesNotContainKey("x-auth-claims-omitted");
    }

    @Test
    void shouldForwardTheSignedIdentity() throws ParseException {
        Map<String, ?> created = created(Map.of("sub", "alice")).jsonPath().getMap("");

        browser().get("/page", bearer((String) created.get("token")), new String[] {"X-Auth-Identity", "forged"});

        assertThat(SignedJWT.parse(seen().header("x-auth-identity"))
                        .getJWTClaimsSet()
                        .getClaims())
                .containsEntry("sub", "alice")
                .containsEntry("jti", created.get("jti"));
    }

    @Test
    void shouldForwardThatClaimsWereTooLong() {
        String token = created(Map.of("sub", "alice", "claims", Map.of("long", "x".repeat(3_000))))
                .path("token");

        browser().get("/page", bearer(token));

        assertThat(seen().header("x-auth-claims-omitted")).isEqualTo("true");
        assertThat(seen().headers()).doesNotContainKey("x-auth-claims");
    }

    @Test
    void shouldForwardHeadersOfMaximumLength() {
        String sub = "é".repeat(512);
        // 1535 bytes are 2048 characters of base64; percent-encoding triples the 1024 bytes that are not ASCII.
        String token = created(
                        Map.of("sub", sub, "scope", "s".repeat(1_000), "claims", Map.of("long", "x".repeat(1_524))))
                .path("token");

        assertThat(browser().get("/page", bearer(token)).statusCode()).isEqualTo(200);

        assertThat(seen().header("x-auth-subject")).isEqualTo("%C3%A9".repeat(512));
        assertThat(seen().header("x-auth-scope")).hasSize(1_000);
        assertThat(seen().header("x-auth-claims")).hasSizeBetween(2_040, 2_048);
        assertThat(seen().header("x-auth-identity")).hasSizeGreaterThan(4_800);
    }

    @Test
    void shouldReuseItsConnectionsToTokenCache() {
        String token = api().tokenFor("alice");
        browser().get("/page", bearer(token));
        int before = site().proxy().connections();

        for (int i = 0; i < REQUESTS; i++) {
            assertThat(browser().get("/page", bearer(token)).statusCode()).isEqualTo(200);
        }

        // A worker or thread may open its first connection.
        assertThat(site().proxy().connections() - before).isLessThan(REQUESTS / 5);
    }
}
