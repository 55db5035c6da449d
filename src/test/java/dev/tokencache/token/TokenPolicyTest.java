package dev.tokencache.token;

import dev.tokencache.testing.TokenSettings;
import dev.tokencache.token.InvalidRequestException.Violation;
import dev.tokencache.token.TokenPolicy.Lifetimes;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class TokenPolicyTest {

    private static final long DEFAULT = Duration.ofHours(8).toSeconds();
    private static final long MAX = Duration.ofDays(30).toSeconds();

    private final TokenPolicy policy = new TokenPolicy(TokenSettings.usual());

    @Test
    void shouldUseTheDefaultLifetimeWhenNoneIsRequested() {
        assertThat(policy.check(lifetimes(null, null, null))).isEqualTo(new Lifetimes(DEFAULT, DEFAULT, 0));
    }

    @Test
    void shouldUseTheRequestedLifetimes() {
        assertThat(policy.check(lifetimes(60L, null, null))).isEqualTo(new Lifetimes(60, 60, 0));
        assertThat(policy.check(lifetimes(60L, 600L, 30L))).isEqualTo(new Lifetimes(60, 600, 30));
    }

    @Test
    void shouldLimitTheDefaultLifetimeToMaxLifetime() {
        assertThat(policy.check(lifetimes(null, 60L, null))).isEqualTo(new Lifetimes(60, 60, 0));
        assertThat(policy.check(lifetimes(null, DEFAULT, null))).isEqualTo(new Lifetimes(DEFAULT, DEFAULT, 0));
        assertThat(policy.check(lifetimes(null, MAX, null))).isEqualTo(new Lifetimes(DEFAULT, MAX, 0));
    }

    @Test
    void shouldRejectMaxLifetimeBelowExpiresIn() {
        assertThat(violations(lifetimes(61L, 60L, null)))
                .extracting(Violation::field)
                .containsExactly("max_lifetime");
    }

    @Test
    void shouldAcceptTimesFromOneSecondToMaxTtl() {
        assertThat(policy.check(lifetimes(1L, 1L, 1L))).isEqualTo(new Lifetimes(1, 1, 1));
        assertThat(policy.check(lifetimes(MAX, MAX, MAX))).isEqualTo(new Lifetimes(MAX, MAX, MAX));
    }

    @Test
    void shouldNameTheFieldOfATimeOutOfRange() {
        for (long invalid : new long[] {0, -1, Long.MIN_VALUE, MAX + 1, Long.MAX_VALUE}) {
            assertThat(violations(lifetimes(invalid, MAX, null)))
                    .extracting(Violation::field)
                    .contains("expires_in");
            assertThat(violations(lifetimes(1L, invalid, null)))
                    .extracting(Violation::field)
                    .contains("max_lifetime");
            assertThat(violations(lifetimes(null, null, invalid)))
                    .containsExactly(new Violation("idle_timeout", "must be from 1 to " + MAX + " seconds"));
        }
    }

    @Property
    void shouldAlwaysOrderTheLifetimes(
            @ForAll @LongRange(min = 1, max = 2_592_000) long expiresIn,
            @ForAll @LongRange(min = 1, max = 2_592_000) long maxLifetime) {
        Lifetimes byMax = policy.check(lifetimes(null, maxLifetime, null));
        assertThat(byMax.lifetime()).isEqualTo(Math.min(DEFAULT, maxLifetime));
        assertThat(byMax.maxLifetime()).isEqualTo(maxLifetime);

        if (expiresIn <= maxLifetime) {
            assertThat(policy.check(lifetimes(expiresIn, maxLifetime, null)))
                    .isEqualTo(new Lifetimes(expiresIn, maxLifetime, 0));
        } else {
            assertThat(violations(lifetimes(expiresIn, maxLifetime, null)))
                    .extracting(Violation::field)
                    .containsExactly("max_lifetime");
        }
    }

    @Test
    void shouldApplyTheSameRangeToRenewals() {
        assertThatCode(() -> policy.checkRenewal(OptionalLong.empty())).doesNotThrowAnyException();
        assertThatCode(() -> policy.checkRenewal(OptionalLong.of(1))).doesNotThrowAnyException();
        assertThatCode(() -> policy.checkRenewal(OptionalLong.of(MAX))).doesNotThrowAnyException();
        for (long invalid : new long[] {0, -1, MAX + 1, Long.MAX_VALUE}) {
            InvalidRequestException rejected = catchThrowableOfType(
                    InvalidRequestException.class, () -> policy.checkRenewal(OptionalLong.of(invalid)));
            assertThat(rejected.violations()).extracting(Violation::field).containsExactly("expires_in");
        }
    }

    @Test
    void shouldAcceptSubjectsOf1To1024BytesOfUtf8() {
        for (String valid :
                List.of("a", "a".repeat(1024), "\u00eb".repeat(512), "\ud83e\udd8a".repeat(256), "a b", " ")) {
            assertThatCode(() -> policy.checkSubject(valid)).doesNotThrowAnyException();
        }
        for (String invalid : List.of("", "a".repeat(1025), "\u00eb".repeat(513), "\ud83e\udd8a".repeat(257))) {
            assertThat(violations(subject(invalid)))
                    .extracting(Violation::field)
                    .containsExactly("sub");
            assertThat(catchThrowableOfType(InvalidRequestException.class, () -> policy.checkSubject(invalid)))
                    .isNotNull();
        }
    }

    @Test
    void shouldRejectControlCharactersAndLoneSurrogatesInASubject() {
        for (String invalid :
                List.of("a\0b", "a\n", "\t", "a\u007f", "a\u0085b", "\u009f", "\ud83e", "a\udd8ab", "\udd8a\ud83e")) {
            assertThat(violations(subject(invalid)))
                    .extracting(Violation::field)
                    .containsExactly("sub");
        }
    }

    @Test
    void shouldAcceptScopesOfRfc6749() {
        for (String valid : List.of("a", "openid email", "urn:x:y/1.0 !#[]~", "a".repeat(1024))) {
            assertThatCode(() -> policy.check(scope(valid))).doesNotThrowAnyException();
        }
        for (String invalid : List.of(
                "", " ", " a", "a ", "a  b", "a\"b", "a\\b", "a\tb", "a\nb", "\u00eb", "\u007f", "a".repeat(1025))) {
            assertThat(violations(scope(invalid))).extracting(Violation::field).containsExactly("scope");
        }
    }

    @Test
    void shouldAcceptOneTo32Audiences() {
        for (Audience valid : List.of(
                Audience.of("https://app.example"),
                Audience.of(List.of("a", "b")),
                Audience.of(Collections.nCopies(32, "\u00eb".repeat(256))))) {
            assertThatCode(() -> policy.check(audience(valid))).doesNotThrowAnyException();
        }
        for (Audience invalid : List.of(
                Audience.of(List.of()),
                Audience.of(Collections.nCopies(33, "a")),
                Audience.of(""),
                Audience.of(List.of("a", "")),
                Audience.of("a".repeat(257)),
                Audience.of("a\n"),
                Audience.of("\ud83e"))) {
            assertThat(violations(audience(invalid)))
                    .extracting(Violation::field)
                    .containsExactly("aud");
        }
    }

    @Test
    void shouldAcceptOnlyForeignTokenStrings() {
        assertThatCode(() -> policy.check(token("legacy-session-0123456789"))).doesNotThrowAnyException();
        for (String invalid : List.of(
                "",
                "a".repeat(15),
                "a".repeat(513),
                "tc1_0123456789abcdef",
                "a b c d e f g h i j",
                "\u00eb".repeat(20))) {
            List<Violation> violations = violations(token(invalid));
            assertThat(violations).extracting(Violation::field).containsExactly("token");
            if (!invalid.isEmpty()) {
                assertThat(violations.get(0).message()).doesNotContain(invalid);
            }
        }
    }

    @Test
    void shouldNameEveryInvalidField() {
        TokenRequest request = new TokenRequest(
                "",
                OptionalLong.of(0),
                OptionalLong.of(0),
                OptionalLong.of(0),
                "",
                Audience.of(""),
                null,
                new TokenString("short"));

        assertThat(violations(request))
                .extracting(Violation::field)
                .containsExactlyInAnyOrder(
                        "sub", "scope", "aud", "token", "expires_in", "max_lifetime", "idle_timeout");
    }

    @Test
    void shouldRejectADefaultLifetimeUnderOneSecond() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy(Duration.ofMillis(999), Duration.ofDays(1)))
                .withMessageContaining("tokencache.token.default-ttl");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy(Duration.ofSeconds(-1), Duration.ofDays(1)))
                .withMessageContaining("tokencache.token.default-ttl");
    }

    @Test
    void shouldRejectAMaximumLifetimeBelowTheDefault() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy(Duration.ofHours(8), Duration.ofHours(7)))
                .withMessageContaining("tokencache.token.max-ttl");
        assertThatCode(() -> policy(Duration.ofHours(8), Duration.ofHours(8))).doesNotThrowAnyException();
    }

    @Test
    void shouldRejectANumberOfTokensPerSubjectOutOfRange() {
        for (int number : new int[] {0, -1, 1_000_001}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new TokenPolicy(TokenSettings.usual().withMaxPerSubject(number)))
                    .withMessageContaining("tokencache.token.max-per-subject");
        }
        assertThatCode(() -> new TokenPolicy(TokenSettings.usual().withMaxPerSubject(1)))
                .doesNotThrowAnyException();
    }

    private static TokenPolicy policy(Duration defaultTtl, Duration maxTtl) {
        return new TokenPolicy(TokenSettings.usual().withTimes(defaultTtl, maxTtl));
    }

    private List<Violation> violations(TokenRequest request) {
        InvalidRequestException rejected =
                catchThrowableOfType(InvalidRequestException.class, () -> policy.check(request));
        assertThat(rejected).as("must be rejected: %s", request).isNotNull();
        return rejected.violations();
    }

    private static TokenRequest lifetimes(
            @Nullable Long expiresIn, @Nullable Long maxLifetime, @Nullable Long idleTimeout) {
        return new TokenRequest(
                "alice", optional(expiresIn), optional(maxLifetime), optional(idleTimeout), null, null, null, null);
    }

    private static TokenRequest subject(String sub) {
        return request(sub, null, null, null);
    }

    private static TokenRequest scope(String scope) {
        return request("alice", scope, null, null);
    }

    private static TokenRequest audience(Audience aud) {
        return request("alice", null, aud, null);
    }

    private static TokenRequest token(String token) {
        return request("alice", null, null, new TokenString(token));
    }

    private static TokenRequest request(
            String sub, @Nullable String scope, @Nullable Audience aud, @Nullable TokenString token) {
        OptionalLong none = OptionalLong.empty();
        return new TokenRequest(sub, none, none, none, scope, aud, null, token);
    }

    private static OptionalLong optional(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
