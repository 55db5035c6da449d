package dev.tokencache.logout;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jose4j.jwk.JsonWebKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.tokencache.logout.FakeProvider.FIRST;
import static dev.tokencache.logout.FakeProvider.SECOND;
import static dev.tokencache.logout.FakeProvider.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Section 2.6 of OpenID Connect Back-Channel Logout 1.0. */
class LogoutIssuersTest {

    private final VirtualTime time = new VirtualTime();
    private final LogoutIssuers issuers = new LogoutIssuers(
            Map.of(
                    FakeProvider.ISSUER,
                    new LogoutIssuer(
                            "idp",
                            FakeProvider.ISSUER,
                            FakeProvider.AUDIENCE,
                            new ProviderKeys("idp", this::published, time))),
            time);

    /** The published keys; null while the provider is unreachable. */
    private @Nullable String keySet = FakeProvider.keySet(FIRST);

    private Uni<List<JsonWebKey>> published() {
        return keySet == null
                ? Uni.createFrom().failure(new IOException())
                : Uni.createFrom().item(KeySource.parse(Buffer.buffer(keySet)));
    }

    private Instant now() {
        return time.clock().instant();
    }

    private JWTClaimsSet.Builder claims() {
        return FakeProvider.claims(now()).subject("alice");
    }

    private LogoutToken verify(String token) {
        return issuers.verify(token).await().atMost(Duration.ofSeconds(5));
    }

    private void assertInvalid(String token, String problem) {
        assertThatThrownBy(() -> verify(token))
                .isInstanceOfSatisfying(InvalidRequestException.class, invalid -> assertThat(invalid.violations())
                        .singleElement()
                        .satisfies(violation -> {
                            assertThat(violation.field()).isEqualTo("logout_token");
                            assertThat(violation.message()).isEqualTo(problem);
                        }));
    }

    @Test
    void shouldAcceptATokenOfAProvider() {
        LogoutToken token =
                verify(sign(FIRST, claims().jwtID("j").claim("sid", "s").build()));

        assertThat(token).isEqualTo(new LogoutToken("idp", "j", "alice", "s", now().getEpochSecond() + 120));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"JWT", "logout+jwt", "application/logout+jwt"})
    void shouldAcceptItsTypes(@Nullable String type) {
        assertThat(verify(sign(FIRST, type, claims().build())).sid()).isNull();
    }

    @Test
    void shouldAcceptRs256() throws JOSEException {
        RSAKey rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        keySet = FakeProvider.keySet(FIRST, rsa);

        assertThat(verify(sign(rsa, claims().build())).sub()).isEqualTo("alice");
    }

    @Test
    void shouldAcceptATokenWithoutAKeyId() {
        keySet = FakeProvider.keySet(SECOND, FIRST);
        ECKey unnamed = new ECKey.Builder(FIRST).keyID(null).build();

        assertThat(verify(sign(unnamed, claims().build())).sub()).isEqualTo("alice");
    }

    @Test
    void shouldAcceptOneOfSeveralAudiences() {
        assertThat(verify(sign(
                                FIRST,
                                claims().audience(List.of("other", FakeProvider.AUDIENCE))
                                        .build()))
                        .sub())
                .isEqualTo("alice");
    }

    static Stream<Arguments> changes() {
        return Stream.<Map.Entry<UnaryOperator<JWTClaimsSet.Builder>, String>>of(
                        Map.entry(
                                claims -> claims.issuer("https://evil.example"),
                                "has an issuer that is not configured"),
                        Map.entry(claims -> claims.issuer(null), "has an issuer that is not configured"),
                        Map.entry(claims -> claims.audience("other"), "is for another aud"),
                        Map.entry(claims -> claims.audience((String) null), "has no aud"),
                        Map.entry(claims -> claims.issueTime(null), "has no iat"),
                        Map.entry(claims -> claims.expirationTime(null), "has no exp"),
                        Map.entry(claims -> claims.jwtID(null), "has no jti"),
                        Map.entry(claims -> claims.claim("events", null), "has no logout event"),
                        Map.entry(claims -> claims.claim("events", Map.of("x", Map.of())), "has no logout event"),
                        Map.entry(
                                claims -> claims.claim(
                                        "events", Map.of("http://schemas.openid.net/event/backchannel-logout", "x")),
                                "has no logout event"),
                        Map.entry(claims -> claims.claim("nonce", "n"), "must not have a nonce"),
                        Map.entry(claims -> claims.claim("nonce", ""), "must not have a nonce"),
                        Map.entry(
                                claims -> claims.subject(null).claim("sid", "s"),
                                "must have a sub: tokens are found by their subject, not by sid alone"),
                        Map.entry(claims -> claims.claim("sid", 5), "has a claim of another type"))
                .map(change -> Arguments.of(change.getKey(), change.getValue()));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("changes")
    void shouldRefuseAnInvalidToken(UnaryOperator<JWTClaimsSet.Builder> change, String problem) {
        assertInvalid(sign(FIRST, change.apply(claims()).build()), problem);
    }

    @Test
    void shouldAllowForClocksThatAreApart() {
        Instant now = now();
        JWTClaimsSet.Builder ahead = claims().issueTime(Date.from(now.plusSeconds(59)));
        JWTClaimsSet.Builder behind =
                claims().issueTime(Date.from(now.minusSeconds(200))).expirationTime(Date.from(now.minusSeconds(59)));

        assertThat(verify(sign(FIRST, ahead.build())).sub()).isEqualTo("alice");
        assertThat(verify(sign(FIRST, behind.build())).sub()).isEqualTo("alice");
        assertInvalid(
                sign(FIRST, ahead.issueTime(Date.from(now.plusSeconds(61))).build()), "has an iat in the future");
        assertInvalid(
                sign(
                        FIRST,
                        behind.expirationTime(Date.from(now.minusSeconds(61))).build()),
                "has expired");
    }

    @Test
    void shouldRefuseATokenOfAnotherType() {
        assertInvalid(sign(FIRST, "at+jwt", claims().build()), "is a token of another type");
    }

    @Test
    void shouldRefuseAForgedSignature() {
        String token = sign(FIRST, claims().build());
        ECKey forger = new ECKey.Builder(SECOND).keyID("first").build();

        assertInvalid(token.substring(0, token.length() - 8) + "AAAAAAAA", "has an invalid signature");
        assertInvalid(sign(forger, claims().build()), "has an invalid signature");
    }

    @Test
    void shouldRefuseATokenWithoutAnAsymmetricSignature() throws JOSEException {
        String problem = "is not signed with an asymmetric algorithm";
        SignedJWT mac = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(), claims().build());
        // As if the public key were the secret.
        mac.sign(new MACSigner(FIRST.toPublicJWK().toJSONString()));

        assertInvalid(mac.serialize(), problem);
        assertInvalid(new PlainJWT(claims().build()).serialize(), problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "..", "a.b.c", "e30.e30.", "e30.e30.e30", "a.b.c.d.e"})
    void shouldRefuseGarbage(String token) {
        assertThatThrownBy(() -> verify(token)).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void shouldRefuseARepeatedTokenOnceItIsAccepted() {
        String token = sign(FIRST, claims().build());
        LogoutToken verified = verify(token);
        // The logout has failed: the provider sends it again.
        assertThat(verify(token)).isEqualTo(verified);

        issuers.accepted(verified);

        assertInvalid(token, "was used before");
        time.advance(Duration.ofSeconds(120 + LogoutIssuer.CLOCK_SKEW_SECONDS));
        assertThatThrownBy(() -> verify(token)).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void shouldFollowARotationOfKeys() {
        verify(sign(FIRST, claims().build()));
        keySet = FakeProvider.keySet(FIRST, SECOND);
        String token = sign(SECOND, claims().build());
        // The keys may be outdated, and were read a moment ago: unknown, not invalid.
        assertThatThrownBy(() -> verify(token)).isInstanceOf(StoreUnavailableException.class);

        time.advance(ProviderKeys.MIN_INTERVAL);

        assertThat(verify(token).sub()).isEqualTo("alice");
    }

    @Test
    void shouldRefuseAKeyThatTheProviderDoesNotPublish() {
        verify(sign(FIRST, claims().build()));
        time.advance(ProviderKeys.MIN_INTERVAL);

        assertInvalid(sign(SECOND, claims().build()), "is signed with a key that the provider does not publish");
    }

    @Test
    void shouldReportUnknownWithoutKeys() {
        keySet = null;

        assertThatThrownBy(() -> verify(sign(FIRST, claims().build()))).isInstanceOf(StoreUnavailableException.class);
    }
}
