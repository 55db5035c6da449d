package dev.tokencache.store.nearcache;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Durability;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NearCachedTokenStoreTest {

    private final MutableClock clock = new MutableClock(Instant.ofEpochSecond(1_000_000));
    private final FakeBus bus = new FakeBus();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TokenDraft draft = TokenDraft.of("alice", clock.millis());
    private Token token = draft.token();
    private Verdict truth = new Verdict.Active(token);
    private final ScriptedStore store = new ScriptedStore(() -> truth);

    private TokenStore wrap(NearCacheConfig config) {
        return wrap(config, true);
    }

    private TokenStore wrap(NearCacheConfig config, boolean keepsInactive) {
        return NearCachedTokenStore.wrap(
                store, bus, config, keepsInactive, clock, () -> clock.millis() * 1_000_000, meters);
    }

    private TokenLocator locator() {
        return new TokenLocator.ById(token.id());
    }

    /** What validations that wait, are told once the store answers. */
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
    void shouldBeNothingButTheStoreWhenTurnedOff() {
        assertThat(wrap(Settings.usual().maxAge(Duration.ZERO))).isSameAs(store);
    }

    @Test
    void shouldAskOnceForManyThatAskAtOnce() {
        TokenStore cached = wrap(Settings.usual());
        assertThat(validate(cached, locator(), 35)).containsOnly(truth);
        assertThat(store.asked).isEqualTo(1);
        assertThat(validate(cached, locator(), 35)).containsOnly(truth);
        assertThat(store.asked).isEqualTo(1);
    }

    @Test
    void shouldAskAgainAfterMaxAgeOrTheEndOfTheToken() {
        TokenStore cached = wrap(Settings.usual());
        validate(cached);
        clock.advance(Duration.ofMillis(9_999));
        validate(cached);
        assertThat(store.asked).isEqualTo(1);
        clock.advance(Duration.ofMillis(1));
        validate(cached);
        assertThat(store.asked).isEqualTo(2);

        token = TokenDraft.of("bob", clock.millis()).lifetime(2).token();
        truth = new Verdict.Active(token);
        validate(cached);
        clock.advance(Duration.ofSeconds(2));
        truth = Verdict.INACTIVE;
        assertThat(validate(cached)).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldKeepInactiveForAShorterTimeAndOfTokensOfOursAlone() {
        TokenStore cached = wrap(Settings.usual());
        truth = Verdict.INACTIVE;
        validate(cached);
        clock.advance(Duration.ofMillis(999));
        validate(cached);
        assertThat(store.asked).isEqualTo(1);
        clock.advance(Duration.ofMillis(1));
        validate(cached);
        assertThat(store.asked).isEqualTo(2);

        TokenLocator foreign = new TokenLocator.Foreign(token.id().hash());
        validate(cached, foreign, 1);
        validate(cached, foreign, 1);
        assertThat(store.asked).isEqualTo(4);
    }

    @Test
    void shouldKeepOnlyActiveWhereTokensCanStillBeCopiedIntoTheStore() {
        TokenStore cached = wrap(Settings.usual(), false);
        truth = Verdict.INACTIVE;
        validate(cached);

        truth = new Verdict.Active(token);
        assertThat(validate(cached)).isEqualTo(truth);
        assertThat(store.asked).isEqualTo(2);
    }

    @Test
    void shouldTellTheStoreOfAValidationThatIsDueToBeWrittenDown() {
        TokenStore cached = wrap(Settings.usual().maxAge(Duration.ofHours(1)));
        token = TokenDraft.of("bob", clock.millis()).idleTimeout(100).token();
        truth = new Verdict.Active(token);
        validate(cached);
        clock.advance(Duration.ofMillis(9_999));
        validate(cached);
        assertThat(store.asked).isEqualTo(1);
        clock.advance(Duration.ofMillis(1));
        validate(cached);
        assertThat(store.asked).isEqualTo(2);
    }

    @Test
    void shouldNotKeepWhatOnlyAReplicaKnew() {
        TokenStore cached = wrap(Settings.usual().staleIfError(Duration.ofHours(1)));
        truth = new Verdict.Active(token, Verdict.Basis.REPLICA);
        assertThat(validate(cached)).isEqualTo(truth);
        truth = new Verdict.Unknown(null);
        assertThat(validate(cached)).isEqualTo(truth);
    }

    @Test
    void shouldAnswerStaleWhileUnknownAndNotForLonger() {
        TokenStore cached = wrap(Settings.usual().staleIfError(Duration.ofSeconds(60)));
        validate(cached);
        truth = new Verdict.Unknown(null);
        clock.advance(Duration.ofMillis(59_999));
        assertThat(validate(cached)).isEqualTo(new Verdict.Active(token, Verdict.Basis.STALE));
        assertThat(cached.validateAll(List.of()).await().indefinitely()).isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(validate(cached)).isEqualTo(truth);
    }

    /** A batch and a single question do not wait for each other, so that answers can come in the wrong order. */
    @Test
    void shouldNotAnswerStaleWhatWasSeenInactiveMeanwhile() {
        TokenStore cached = wrap(Settings.usual().staleIfError(Duration.ofSeconds(60)));
        cached.validateAll(List.of(locator())).subscribe().with(verdicts -> {});
        store.read();
        clock.advance(Duration.ofMillis(1));
        truth = Verdict.INACTIVE;
        cached.validate(locator()).subscribe().with(verdict -> {});
        store.read();
        store.answer(false);
        store.answer(true);

        truth = new Verdict.Unknown(null);
        clock.advance(Duration.ofSeconds(2));
        assertThat(validate(cached)).isEqualTo(truth);
    }

    @Test
    void shouldStopTrustingWhileTheBusIsNotSureAndGoOnIfNothingWasLost() {
        TokenStore cached = wrap(Settings.usual());
        validate(cached);
        bus.hesitate();
        validate(cached, locator(), 2);
        assertThat(store.asked).as("each for itself").isEqualTo(3);
        assertThat(meters.get("tokencache.near.cache.trusted").gauge().value()).isZero();
        bus.catchUp();
        validate(cached);
        assertThat(store.asked).as("nothing was lost").isEqualTo(3);

        bus.cut();
        bus.catchUp();
        validate(cached);
        assertThat(store.asked).as("something may have been lost").isEqualTo(4);
    }

    @Test
    void shouldForgetWhatIsRevokedElsewhereAndSayHowLongThatTook() {
        TokenStore cached = wrap(Settings.usual());
        validate(cached);
        bus.publish(new Revocation.OfSubject(token.id().tag()));
        bus.deliver();
        validate(cached);
        assertThat(store.asked).isEqualTo(2);
        assertThat(meters.get("tokencache.revocation.propagation").timer().count())
                .isEqualTo(1);
    }

    @Test
    void shouldAnnounceWhatTheStoreDidNotPublish() {
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
    void shouldNotLetInactiveOnesDriveOutActiveOnes() {
        TokenStore cached = wrap(Settings.usual().maxEntries(20));
        validate(cached);
        truth = Verdict.INACTIVE;
        for (int i = 0; i < 500; i++) {
            validate(cached, new TokenLocator.ById(TokenDraft.of("x", 0).token().id()), 1);
        }
        store.asked = 0;
        assertThat(validate(cached)).isEqualTo(new Verdict.Active(token));
        assertThat(store.asked).isZero();
        assertThat(meters.get("tokencache.near.cache.entries").gauge().value()).isLessThan(30);
    }

    @Test
    void shouldNameEverySettingThatMakesNoSense() {
        Settings senseless = new Settings(
                Duration.ofSeconds(-1), Duration.ofHours(2), 0, Duration.ofDays(2), Duration.ofMillis(1), true);
        assertThatThrownBy(() -> wrap(senseless))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokencache.near-cache.max-age")
                .hasMessageContaining("tokencache.near-cache.negative-max-age")
                .hasMessageContaining("tokencache.near-cache.max-entries")
                .hasMessageContaining("tokencache.near-cache.stale-if-error")
                .hasMessageContaining("tokencache.near-cache.max-silence");
    }
}
