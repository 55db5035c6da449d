package dev.tokencache.token;

import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TokenTest {

    private static final long ISSUED = 1_700_000_000_123L;
    private static final long IAT = 1_700_000_000L;

    @Test
    void shouldReturnItsTimeOfIssueInWholeSeconds() {
        assertThat(token(60, 60, 0).issuedAt()).isEqualTo(IAT);
    }

    @Test
    void shouldExpireAtExpWithoutAnIdleTimeout() {
        Token token = token(60, 600, 0);

        assertThat(token.endMillis()).isEqualTo((IAT + 60) * 1000);
        assertThat(token.isActive(token.endMillis() - 1, Token.NOT_BEFORE_UNSET))
                .isTrue();
        assertThat(token.isActive(token.endMillis(), Token.NOT_BEFORE_UNSET)).isFalse();
    }

    @Test
    void shouldExpireAtItsIdleTimeoutIfThatIsBeforeExp() {
        Token token = token(60, 60, 10);

        assertThat(token.endMillis()).isEqualTo(ISSUED + 10_000);
        assertThat(token.touched(ISSUED + 9_000).endMillis()).isEqualTo(ISSUED + 19_000);
        assertThat(token.touched(ISSUED + 59_000).endMillis()).isEqualTo((IAT + 60) * 1000);
        assertThat(token(60, 60, 3600).endMillis()).isEqualTo((IAT + 60) * 1000);
    }

    @Test
    void shouldBeInactiveIfIssuedAtOrBeforeTheNotBeforeTime() {
        Token token = token(60, 60, 0);

        assertThat(token.isActive(ISSUED, ISSUED - 1)).isTrue();
        assertThat(token.isActive(ISSUED, ISSUED)).isFalse();
        assertThat(token.isActive(ISSUED, ISSUED + 1)).isFalse();
    }

    @Test
    void shouldBeActiveBeforeItsTimeOfIssue() {
        // Issued by an instance whose clock is ahead.
        assertThat(token(60, 60, 10).isActive(ISSUED - 5_000, Token.NOT_BEFORE_UNSET))
                .isTrue();
    }

    @Test
    void shouldStoreAValidationOncePerTenthOfTheTimeout() {
        Token token = token(3600, 3600, 600);

        assertThat(token.isTouchDue(ISSUED)).isFalse();
        assertThat(token.isTouchDue(ISSUED + 59_999)).isFalse();
        assertThat(token.isTouchDue(ISSUED + 60_000)).isTrue();
        assertThat(token.touched(ISSUED + 60_000).isTouchDue(ISSUED + 60_001)).isFalse();
    }

    @Test
    void shouldStoreAtMostOneValidationPerSecond() {
        Token token = token(3600, 3600, 2);

        assertThat(token.isTouchDue(ISSUED + 999)).isFalse();
        assertThat(token.isTouchDue(ISSUED + 1000)).isTrue();
    }

    @Test
    void shouldNotStoreValidationsWithoutAnIdleTimeout() {
        assertThat(token(3600, 3600, 0).isTouchDue(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void shouldNotMoveBackTheLastValidation() {
        Token seen = token(3600, 3600, 60).touched(ISSUED + 5_000);

        assertThat(seen.touched(ISSUED + 4_000)).isEqualTo(seen);
        assertThat(seen.renewed(seen.expiresAt(), ISSUED)).isEqualTo(seen);
    }

    @Property
    void shouldStayActiveIfValidatedWithinNineTenthsOfTheTimeout(
            @ForAll @IntRange(min = 10, max = 100_000) int idleTimeout, @ForAll @Size(max = 50) double[] steps) {
        Token token = token(1L << 35, 1L << 35, idleTimeout);
        long now = ISSUED;
        for (double step : steps) {
            // The last stored validation may be older than the last validation by a tenth of the timeout.
            now += (long) (idleTimeout * 900L * Math.abs(step % 1.0));
            assertThat(token.isActive(now, Token.NOT_BEFORE_UNSET)).isTrue();
            if (token.isTouchDue(now)) {
                token = token.touched(now);
            }
            assertThat(now - token.lastSeenMillis()).isLessThan(idleTimeout * 100L);
        }
    }

    @Test
    void shouldRestartTheIdleTimeoutByARenewal() {
        Token renewed = token(60, 600, 10).renewed(IAT + 600, ISSUED + 9_000);

        assertThat(renewed.expiresAt()).isEqualTo(IAT + 600);
        assertThat(renewed.endMillis()).isEqualTo(ISSUED + 19_000);
    }

    @Test
    void shouldRejectARenewalBeyondTheMaximumExpiry() {
        assertThatIllegalArgumentException().isThrownBy(() -> token(60, 600, 0).renewed(IAT + 601, ISSUED));
    }

    @Test
    void shouldRenewByItsLifetimeUpToTheMaximumExpiry() {
        Token token = token(60, 100, 0);

        assertThat(renewed(token, OptionalLong.empty(), 30).expiresAt()).isEqualTo(IAT + 90);
        assertThat(renewed(token, OptionalLong.empty(), 40).expiresAt()).isEqualTo(IAT + 100);
        assertThat(renewed(token, OptionalLong.empty(), 59).expiresAt()).isEqualTo(IAT + 100);
    }

    @Test
    void shouldRenewByTheRequestedLifetimeUpToTheMaximumExpiry() {
        Token token = token(60, 100, 0);

        assertThat(renewed(token, OptionalLong.of(5), 10).expiresAt()).isEqualTo(IAT + 15);
        assertThat(renewed(token, OptionalLong.of(90), 10).expiresAt()).isEqualTo(IAT + 100);
        assertThat(TokenStore.Renewal.of(token, OptionalLong.of(91), ISSUED + 10_000))
                .isEqualTo(new TokenStore.Renewal.BeyondRenewableUntil(IAT + 100));
    }

    @Test
    void shouldRenewByTheLifetimeOfItsCreation() {
        Token longer = renewed(token(60, 1000, 0), OptionalLong.of(500), 0);

        assertThat(longer.expiresAt()).isEqualTo(IAT + 500);
        assertThat(renewed(longer, OptionalLong.empty(), 10).expiresAt()).isEqualTo(IAT + 70);
    }

    @Property
    void shouldNeverExceedTheMaximumExpiryByRenewals(
            @ForAll @LongRange(min = 1, max = 100_000) long lifetime,
            @ForAll @LongRange(min = 0, max = 100_000) long more,
            @ForAll @Size(max = 20) int[] wanted) {
        Token token = token(lifetime, lifetime + more, 0);
        long now = ISSUED;
        for (int seconds : wanted) {
            OptionalLong requested = seconds % 3 == 0 ? OptionalLong.empty() : OptionalLong.of(1 + (seconds & 0x1ffff));
            if (TokenStore.Renewal.of(token, requested, now) instanceof TokenStore.Renewal.Renewed renewed) {
                assertThat(renewed.token().id()).isEqualTo(token.id());
                assertThat(renewed.token().lifetime()).isEqualTo(lifetime);
                token = renewed.token();
            } else {
                assertThat(requested).isPresent();
                assertThat(Math.floorDiv(now, 1000) + requested.getAsLong()).isGreaterThan(token.renewableUntil());
            }
            assertThat(token.expiresAt()).isLessThanOrEqualTo(IAT + lifetime + more);
            now += Math.abs(seconds % 1000);
        }
    }

    @Test
    void shouldNotOverflowForDistantTimes() {
        long distant = (1L << 48) / 1000 - 1 - IAT;
        Token token = token(distant, distant, 1L << 32);

        assertThat(token.endMillis()).isEqualTo(ISSUED + (1L << 32) * 1000);
    }

    @Test
    void shouldRejectTimesThatARecordCannotHold() {
        assertThatIllegalArgumentException().isThrownBy(() -> token((1L << 48) / 1000, 60, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> token(-IAT - 1, 60, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> token(60, 60, -1));
    }

    private static Token renewed(Token token, OptionalLong lifetime, long secondsAfterIssue) {
        return ((TokenStore.Renewal.Renewed) TokenStore.Renewal.of(token, lifetime, ISSUED + secondsAfterIssue * 1000))
                .token();
    }

    private static Token token(long lifetime, long maxLifetime, long idleTimeout) {
        return new Token(
                TokenId.parse("PsSGX4ISDYqi1O4oxTWIi0yd6Ydnv2Vzn9YmjPYR").orElseThrow(),
                "alice",
                "login",
                ISSUED,
                IAT + lifetime,
                IAT + maxLifetime,
                lifetime,
                idleTimeout,
                ISSUED,
                null,
                null,
                null);
    }
}
