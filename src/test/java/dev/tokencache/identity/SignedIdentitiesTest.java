package dev.tokencache.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.tokencache.identity.IdentityKeys.Settings;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Token;
import dev.tokencache.token.Verdict;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SignedIdentitiesTest {

    private static final long NOW = 1_795_292_464;

    private final MutableClock clock = new MutableClock(Instant.ofEpochSecond(NOW));
    private final SignedIdentities identities = Settings.signingWith("ec").identities(clock);

    private static TokenDraft draft() {
        return draftFor("älice");
    }

    private static TokenDraft draftFor(String subject) {
        return TokenDraft.of(subject, NOW * 1000).named("a-token-of-another-system");
    }

    private static SignedJWT verified(SignedIdentities identities, String jwt) {
        try {
            SignedJWT parsed = SignedJWT.parse(jwt);
            JWKSet keys = JWKSet.parse(identities.keySet());
            String kid = parsed.getHeader().getKeyID();
            assertThat(parsed.verify(new ECDSAVerifier(keys.getKeyByKeyId(kid).toECKey())))
                    .isTrue();
            return parsed;
        } catch (ParseException | JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private String signed(Token token) {
        return identities.of(new Verdict.Active(token), true).toString();
    }

    private Map<String, Object> claims(String jwt) {
        return verified(identities, jwt).getPayload().toJSONObject();
    }

    @Test
    void shouldSignTheRecord() {
        Token token = draft().scope("a b").claims("{\"groups\":[\"größe\"]}").token();

        String jwt = signed(token);

        assertThat(verified(identities, jwt).getHeader().toJSONObject())
                .isEqualTo(Map.of("typ", "JWT", "alg", "ES256", "kid", "ec"));
        assertThat(claims(jwt))
                .isEqualTo(Map.of(
                        "iss",
                        "https://tokens.example",
                        "aud",
                        "shop",
                        "iat",
                        NOW,
                        "exp",
                        NOW + 60,
                        "sub",
                        "älice",
                        "jti",
                        token.id().text(),
                        "scope",
                        "a b",
                        "claims",
                        Map.of("groups", List.of("größe"))));
    }

    /** Signed by Node.js with the key of RFC 8037. An Ed25519 signature is always the same. */
    @Test
    void shouldSignWithEd25519() {
        String jwt = Settings.signingWith("ed")
                .identities(clock)
                .of(new Verdict.Active(draft().token()), true)
                .toString();

        assertThat(jwt)
                .isEqualTo("eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSIsImtpZCI6ImVkIn0."
                        + "eyJpc3MiOiJodHRwczovL3Rva2Vucy5leGFtcGxlIiwiYXVkIjoic2hvcCIsImlhdCI6MTc5NTI5MjQ2"
                        + "NCwiZXhwIjoxNzk1MjkyNTI0LCJzdWIiOiLDpGxpY2UiLCJqdGkiOiJhVDVBcm5QVHh5M3Y3SkZVNlRv"
                        + "bTNYZ2JSOXIzRkw0QzFBdjRYbjF3In0."
                        + "bkykHysibXnn6CK0OzBYtcCqz6tZ8cZN5aLEGVLqQL5lj9N9lUFAac6KRRXSHVFBVLDj4DOEpDjPgFuAoJqeCQ");
    }

    @Test
    void shouldPublishAllKeys() throws ParseException {
        JWKSet keys = JWKSet.parse(identities.keySet());

        assertThat(keys.getKeys()).extracting("keyID").containsExactly("ec", "ed");
        assertThat(keys.getKeys()).noneMatch(key -> key.isPrivate());
        assertThat(identities.algorithms()).containsExactly("ES256", "EdDSA");
    }

    @Test
    void shouldEndNoLaterThanTheToken() {
        assertThat(claims(signed(draft().lifetime(10).token()))).containsEntry("exp", NOW + 10);
        assertThat(claims(signed(draft().idleTimeout(20).token()))).containsEntry("exp", NOW + 20);
    }

    @Test
    void shouldReuseASignatureForUpToHalfItsLifetime() {
        Token token = draft().scope("a").token();
        String first = signed(token);

        clock.advance(Duration.ofSeconds(22));
        assertThat(signed(draft().scope("a").token())).isEqualTo(first);

        clock.advance(Duration.ofSeconds(9));
        assertThat(claims(signed(token))).containsEntry("iat", NOW + 31).containsEntry("exp", NOW + 91);
    }

    @Test
    void shouldNotSignAllTokensAgainAtOneMoment() {
        List<Token> tokens = IntStream.range(0, 50)
                .mapToObj(i -> draft().named("token-of-another-system-" + i).token())
                .toList();
        List<String> first = tokens.stream().map(this::signed).toList();

        clock.advance(Duration.ofSeconds(26));

        assertThat(tokens.stream().map(this::signed).filter(first::contains)).hasSizeBetween(1, 49);
    }

    @Test
    void shouldReuseNoSignatureOfAShortLivedTokenPastItsHalf() {
        Token token = draft().lifetime(10).token();
        signed(token);

        clock.advance(Duration.ofSeconds(6));

        assertThat(claims(signed(token))).containsEntry("iat", NOW + 6).containsEntry("exp", NOW + 10);
    }

    @Test
    void shouldReuseNoSignatureOfAnotherRecord() {
        Token token = draft().scope("a").claims("{\"a\":1}").token();
        for (TokenDraft changed : List.of(
                draft().scope("b").claims("{\"a\":1}"),
                draft().scope("a").claims("{\"a\":2}"),
                draft().scope("a"),
                draft().scope("a").claims("{\"a\":1}").lifetime(59),
                draftFor("bob").scope("a").claims("{\"a\":1}"))) {
            String first = signed(token);
            assertThat(signed(changed.token())).isNotEqualTo(first);
        }
        assertThat(claims(signed(draft().scope("b").token())))
                .containsEntry("scope", "b")
                .doesNotContainKey("claims");
    }

    @Test
    void shouldReuseNoSignatureFromTheFuture() {
        String first = signed(draft().token());
        clock.advance(Duration.ofSeconds(-5));

        assertThat(signed(draft().token())).isNotEqualTo(first);
    }

    @Test
    void shouldSayThatClaimsAreOmittedOrTheVerdictStale() {
        Token token = draft().claims("{\"a\":1}").token();

        assertThat(claims(identities.of(new Verdict.Active(token), false).toString()))
                .containsEntry("claims_omitted", true)
                .doesNotContainKeys("claims", "stale");
        assertThat(claims(identities
                        .of(new Verdict.Active(token, Verdict.Basis.STALE), true)
                        .toString()))
                .containsEntry("stale", true)
                .containsKey("claims");
        assertThat(claims(signed(token))).doesNotContainKeys("stale", "claims_omitted");
    }

    @Test
    void shouldSignIntrospections() {
        byte[] document = "{\"active\":true,\"sub\":\"älice\"}".getBytes(StandardCharsets.UTF_8);

        String jwt = identities.ofIntrospection("web", document);

        assertThat(verified(identities, jwt).getHeader().getType()).hasToString("token-introspection+jwt");
        assertThat(claims(jwt))
                .isEqualTo(Map.of(
                        "iss",
                        "https://tokens.example",
                        "aud",
                        "web",
                        "iat",
                        NOW,
                        "token_introspection",
                        Map.of("active", true, "sub", "älice")));
    }

    @Test
    void shouldReuseAnIntrospectionForTheSameCallerOnly() {
        byte[] document = "{\"active\":false}".getBytes(StandardCharsets.US_ASCII);
        String first = identities.ofIntrospection("web", document);

        clock.advance(Duration.ofSeconds(29));
        assertThat(identities.ofIntrospection("web", document)).isEqualTo(first);
        assertThat(claims(identities.ofIntrospection("shop", document))).containsEntry("aud", "shop");

        clock.advance(Duration.ofSeconds(2));
        assertThat(claims(identities.ofIntrospection("web", document))).containsEntry("iat", NOW + 31);
    }
}
