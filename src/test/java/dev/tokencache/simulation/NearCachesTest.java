package dev.tokencache.simulation;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Durability;
import dev.tokencache.token.IssuedToken;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NearCachesTest {

    private static final Duration MAX_AGE = Duration.ofSeconds(30);
    private static final Duration STALE = Duration.ofSeconds(60);

    private final World world = new World(1);
    private final Oracle oracle = new Oracle(world);
    private final Subject subject = new Subject("subject");
    private final Token record =
            TokenDraft.of("subject", world.time().clock().millis()).token();
    private final KnownToken token = new KnownToken(
            world,
            "token",
            subject,
            new IssuedToken(new TokenString("a-token-string-of-no-key"), record, Durability.AS_CONFIGURED),
            0,
            0);

    @BeforeEach
    void start() {
        oracle.nearCaches().started("cached", new NearCacheSettings(MAX_AGE, STALE, true));
        oracle.nearCaches().started("plain", NearCacheSettings.OFF);
        oracle.nearCaches().started("silent", new NearCacheSettings(Duration.ZERO, Duration.ZERO, false));
        world.run(Duration.ofSeconds(1));
    }

    private void expire(String instance) {
        Expiry expiry = oracle.expiryStarted(token, instance);
        world.run(Duration.ofMillis(10));
        oracle.acknowledged(expiry, Durability.AS_CONFIGURED);
    }

    private boolean isAllowedAfter(Duration delay, String instance, Verdict.Basis basis) {
        world.run(delay);
        int before = oracle.violations().size();
        oracle.validated(token, new Verdict.Active(record, basis), oracle.validationStarted(token, instance));
        return oracle.violations().size() == before;
    }

    @Test
    void shouldAllowNoDelayWithoutANearCache() {
        expire("cached");

        assertThat(isAllowedAfter(Duration.ofMillis(1), "plain", Verdict.Basis.CURRENT))
                .isFalse();
    }

    @Test
    void shouldAllowNoDelayWhereTheExpiryWasMade() {
        expire("cached");

        assertThat(isAllowedAfter(Duration.ofMillis(1), "cached", Verdict.Basis.CURRENT))
                .isFalse();
    }

    @Test
    void shouldAllowADelayWhileTheBusIsTrusted() {
        expire("plain");

        assertThat(isAllowedAfter(Duration.ofSeconds(1), "cached", Verdict.Basis.CURRENT))
                .isTrue();
        assertThat(isAllowedAfter(NearCaches.MAX_UNNOTICED, "cached", Verdict.Basis.CURRENT))
                .isFalse();
    }

    @Test
    void shouldAllowTheMaximumAgeIfNothingIsPublished() {
        expire("silent");

        assertThat(isAllowedAfter(MAX_AGE.minusSeconds(1), "cached", Verdict.Basis.CURRENT))
                .isTrue();
        assertThat(isAllowedAfter(Duration.ofSeconds(1), "cached", Verdict.Basis.CURRENT))
                .isFalse();
    }

    @Test
    void shouldAllowNoDelayAfterTheMessage() {
        expire("plain");
        oracle.nearCaches()
                .received("cached", new Revocation.OfToken(record.id().hash()), Duration.ofMillis(1));

        assertThat(isAllowedAfter(Duration.ofMillis(1), "cached", Verdict.Basis.CURRENT))
                .isFalse();
        assertThat(isAllowedAfter(Duration.ofMillis(1), "cached", Verdict.Basis.STALE))
                .isFalse();
    }

    @Test
    void shouldAllowAStaleVerdictForItsTime() {
        expire("plain");

        assertThat(isAllowedAfter(STALE.minusSeconds(1), "cached", Verdict.Basis.STALE))
                .isTrue();
        assertThat(isAllowedAfter(Duration.ofSeconds(1), "cached", Verdict.Basis.STALE))
                .isFalse();
    }

    @Test
    void shouldNotAllowARevokedTokenOnAReplica() {
        expire("plain");

        assertThat(isAllowedAfter(Duration.ofMillis(1), "cached", Verdict.Basis.REPLICA))
                .isFalse();
    }
}
