package dev.tokencache.store.nearcache;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.Durability;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NearCachedTokenStoreTest {

    private final VirtualTime time = new VirtualTime();
    private final Clock clock = time.clock();
    private final FakeBus bus = new FakeBus();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TokenDraft draft = TokenDraft.of("alice", clock.millis());
    private Token token = draft.token();
    private Verdict truth = new Verdict.Active(token);
    private final ScriptedStore store = new ScriptedStore(() -> truth);

    private TokenStore wrap(NearCacheConfig config) {
        return wrap(config, true);
    }

    private TokenStore wrap(NearCacheConfig config, boolean cachesInactive) {
        return NearCachedTokenStore.wrap(store, bus, config, cachesInactive, Duration.ofSeconds(2), time, meters);
    }

    private TokenLocator locator() {
        return new TokenLocator.ById(token.id());
    }

    /** The verdicts of concurrent validations, after the store replied. */
    private List<Verdict> validate(TokenStore cached, TokenLocator locator, int times) {
        List<Verdict> answers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            cached.validate(locator).subscribe().with(answers::add);
        }
        store.answerAll();
        assertThat(answers).hasSize(times);
        return answers;
    }

    private Verdict validate(TokenStore cached) {
        return validate(cached, locator(), 1).get(0);
    }

    @Test
    void shouldReturnTheStoreItselfWhenTurnedOff() {
        assertThat(wrap(Settings.usual().maxAge(Duration.ZERO))).isSameAs(store);
    }

    @Test
    void shouldReadTheStoreOnceForConcurrentValidations() {
        TokenStore cached = wrap(Settings.usual());
        assertThat(validate(cached, locator(), 35)).containsOnly(truth);
        assertThat(store.reads).isEqualTo(1);
        assertThat(validate(cached, locator(), 35)).containsOnly(truth);
        assertThat(store.reads).isEqualTo(1);
    }

    @Test
    void shouldReadTheStoreAgainAfterMaxAgeOrExpiry() {
        TokenStore cached = wrap(Settings.usual());
        validate(cached);
        time.advance(Duration.ofMillis(9_999));
        validate(cached);
        assertThat(store.reads).isEqualTo(1);
        time.advance(Duration.ofMillis(1));
        validate(cached);
        assertThat(store.reads).isEqualTo(2);

        token = TokenDraft.of("bob", clock.millis()).lifetime(2).token();
        truth = new Verdict.Active(token);
        validate(cached);
        time.advance(Duration.ofSeconds(2));
        truth = Verdict.INACTIVE;
        assertThat(validate(cached)).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldCacheInactiveVerdictsForOneSecondAndNotForForeignTokens() {
        TokenStore cached = wrap(Settings.usual());
        truth = Verdict.INACTIVE;
        validate(cached);
        time.advance(Duration.ofMillis(999));
        validate(cached);
        assertThat(store.reads).isEqualTo(1);
        time.advance(Duration.ofMillis(1));
        validate(cached);
        assertThat(store.reads).isEqualTo(2);

        TokenLocator foreign = new TokenLocator.Foreign(token.id().hash());
        validate(cached, foreign, 1);
        validate(cached, foreign, 1);
        assertThat(store.reads).isEqualTo(4);
    }

    @Test
    void shouldCacheOnlyActiveVerdictsDuringAMigration() {
        TokenStore cached = wrap(Settings.usual(), false);
        truth = Verdict.INACTIVE;
        validate(cached);

        truth = new Verdict.Active(token);
        assertThat(validate(cached)).isEqualTo(truth);
        assertThat(store.reads).isEqualTo(2);
    }

    @Test
    void shouldReadTheStoreWhenATouchIsDue() {
        TokenStore cached = wrap(Settings.usual().maxAge(Duration.ofHours(1)));
        token = TokenDraft.of("bob", clock.millis()).idleTimeout(100).token();
        truth = new Verdict.Active(token);
        validate(cached);
        time.advance(Duration.ofMillis(9_999));
        validate(cached);
        assertThat(store.reads).isEqualTo(1);
        time.advance(Duration.ofMillis(1));
        validate(cached);
        assertThat(store.reads).isEqualTo(2);
    }

    @Test
    void shouldNotCacheVerdictsOfReplicas() {
        TokenStore cached = wrap(Settings.usual().staleIfError(Duration.ofHours(1)));
        truth = new Verdict.Active(token, Verdict.Basis.REPLICA);
        assertThat(validate(cached)).isEqualTo(truth);
        truth = new Verdict.Unknown(null);
        assertThat(validate(cached)).isEqualTo(truth);
    }

    @Test
    void shouldReturnStaleVerdictsWhileTheStoreIsUnreachable() {
        TokenStore cached = wrap(Settings.usual().staleIfError(Duration.ofSeconds(60)));
        validate(cached);
        truth = new Verdict.Unknown(null);
        time.advance(Duration.ofMillis(59_999));
        assertThat(validate(cached)).isEqualTo(new Verdict.Active(token, Verdict.Basis.STALE));
        assertThat(cached.validateAll(List.of()).await().indefinitely()).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(validate(cached)).isEqualTo(truth);
    }

    /** A batch and a single validation are not coalesced, so their replies can arrive in the wrong order. */
    @Test
    void shouldNotReturnStaleVerdictsForTokensSeenInactive() {
        TokenStore cached = wrap(Settings.usual().staleIfError(Duration.ofSeconds(60)));
        cached.validateAll(List.of(locator())).subscribe().with(verdicts -> {});
        store.read();
        time.advance(Duration.ofMillis(1));
        truth = Verdict.INACTIVE;
        cached.validate(locator()).subscribe().with(verdict -> {});
        store.read();
        store.answer(false);
        store.answer(true);

        truth = new Verdict.Unknown(null);
        time.advance(Duration.ofSeconds(2));
        assertThat(validate(cached)).isEqualTo(truth);
    }

    @Test
    void shouldBypassTheCacheWhileTheBusIsUntrustedAndResumeIfNothingWasLost() {
        TokenStore cached = wrap(Settings.usual());
        validate(cached);
        bus.hesitate();
        validate(cached, locator(), 2);
        assertThat(store.reads).as("not coalesced").isEqualTo(3);
        assertThat(meters.get("tokencache.near.cache.trusted").gauge().value()).isZero();
        bus.catchUp();
        validate(cached);
        assertThat(store.reads).as("nothing was lost").isEqualTo(3);

        bus.cut();
        bus.catchUp();
        validate(cached);
        assertThat(store.reads).as("something may have been lost").isEqualTo(4);
    }

    @Test
    void shouldInvalidateRevokedVerdictsAndMeasurePropagation() {
        TokenStore cached = wrap(Settings.usual());
        validate(cached);
        bus.publish(new Revocation.OfSubject(token.id().tag()));
        bus.deliver();
        validate(cached);
        assertThat(store.reads).isEqualTo(2);
        assertThat(meters.get("tokencache.revocation.propagation").timer().count())
                .isEqualTo(1);
    }

    @Test
    void shouldAnnounceChangesThatTheStoreDidNotPublish() {
        TokenStore cached = wrap(Settings.usual());
        cached.expire(locator(), 0).subscribe().with(done -> {});
        store.acknowledge(Durability.AS_CONFIGURED);
        assertThat(bus.announced).isEmpty();
        cached.expire(locator(), 0).subscribe().with(done -> {});
        store.acknowledge(Durability.JOURNALED);
        cached.expireSubject(token.id().tag(), java.util.OptionalLong.empty())
                .subscribe()
                .with(done -> {}, failed -> {});
        store.failWrite();
        assertThat(bus.announced)
                .containsExactly(
                        new Revocation.OfToken(token.id().hash()),
                        new Revocation.OfSubject(token.id().tag()));
    }

    @Test
    void shouldNotEvictActiveVerdictsForInactiveOnes() {
        TokenStore cached = wrap(Settings.usual().maxEntries(20));
        validate(cached);
        truth = Verdict.INACTIVE;
        for (int i = 0; i < 500; i++) {
            validate(cached, new TokenLocator.ById(TokenDraft.of("x", 0).token().id()), 1);
        }
        store.reads = 0;
        assertThat(validate(cached)).isEqualTo(new Verdict.Active(token));
        assertThat(store.reads).isZero();
        assertThat(meters.get("tokencache.near.cache.entries").gauge().value()).isLessThan(30);
    }

    @Test
    void shouldNameEveryInvalidSetting() {
        Settings invalid = new Settings(Duration.ofSeconds(-1), 0, Duration.ofDays(2), true);
        assertThatThrownBy(() -> wrap(invalid))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokencache.near-cache.max-age")
                .hasMessageContaining("tokencache.near-cache.max-entries")
                .hasMessageContaining("tokencache.near-cache.stale-if-error");
    }
}
