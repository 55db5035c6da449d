package dev.tokencache.journal;

import dev.tokencache.redis.Time;
import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.WallClockTime;
import dev.tokencache.token.Durability;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RestoringTokenStoreContract;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TouchableTokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A store with a journal, while the store is up and during an outage. */
class JournaledTokenStoreTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration CONFIRM_AFTER = Duration.ofSeconds(1);

    /** Long enough for tests that do not test timeouts. */
    private static final CallLimits LIMITS = new CallLimits(PATIENCE.multipliedBy(2), PATIENCE);

    private final MutableClock clock = new MutableClock(Instant.now());
    private final Time time = new WallClockTime(clock);
    private final UnreliableStore redis = new UnreliableStore(new InMemoryTokenStore(clock));
    private final InMemoryJournal journal = new InMemoryJournal(clock);
    private final TokenStore store = journaled();
    private final JournalMetrics metrics = new JournalMetrics();
    private final Replay replay = new Replay(journal, redis, CONFIRM_AFTER, time, metrics);

    private TokenStore journaled() {
        return new JournaledTokenStore(redis, journal, time, LIMITS);
    }

    /** The contract of the port, with an empty journal. */
    @Nested
    final class WithAnEmptyJournal extends RestoringTokenStoreContract {
        @Override
        protected TokenStore store() {
            return store;
        }

        @Override
        protected MutableClock clock() {
            return clock;
        }
    }

    /** The contract of the port, while the journal has an entry of another subject. */
    @Nested
    final class WithAnEntryOfAnotherSubject extends RestoringTokenStoreContract {
        WithAnEntryOfAnotherSubject() {
            await(journal.expireSubject(RoutingTag.ofSubject("somebody else"), OptionalLong.empty()));
        }

        @Override
        protected TokenStore store() {
            return store;
        }

        @Override
        protected MutableClock clock() {
            return clock;
        }
    }

    @Test
    void shouldJournalACreateThatRedisCannotAccept() {
        redis.mode(UnreliableStore.Mode.AWAY);
        NewToken ours = draft().scope("read").claims("{\"a\":1}").ours();
        NewToken foreign = draft().foreign();

        assertThat(await(store.create(ours))).isEqualTo(new Creation.Created(Durability.JOURNALED));
        assertThat(await(store.create(foreign))).isEqualTo(new Creation.Created(Durability.JOURNALED));

        assertActive(ours.token());
        assertActive(foreign.token());
        assertThat(await(store.validate(byHash(foreign.token())))).isEqualTo(new Verdict.Active(foreign.token()));
        assertThat(await(store.validateAll(List.of(byId(ours.token()), byId(draft().token())))))
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo(new Verdict.Active(ours.token())),
                        second -> assertThat(second).isInstanceOf(Verdict.Unknown.class));
    }

    @Test
    void shouldReturnUnknownForATokenThatOnlyRedisHas() {
        NewToken known = draft().ours();
        await(store.create(known));
        redis.mode(UnreliableStore.Mode.AWAY);

        assertThat(await(store.validate(byId(known.token())))).isInstanceOf(Verdict.Unknown.class);
        assertThatThrownBy(() -> await(store.renew(byId(known.token()), OptionalLong.empty())))
                .isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> await(store.list(known.token().id().tag(), Paging.FIRST)))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void shouldRenewAJournaledToken() {
        redis.mode(UnreliableStore.Mode.AWAY);
        Token token = journaled(draft().lifetime(60, 600).ours());
        clock.advance(Duration.ofSeconds(50));

        Renewal renewal = await(store.renew(byId(token), OptionalLong.of(100)));

        Token renewed = token.renewed(token.issuedAt() + 150, clock.millis());
        assertThat(renewal).isEqualTo(new Renewal.Renewed(renewed, Durability.JOURNALED));
        assertActive(renewed);
        assertThat(await(store.renew(byId(token), OptionalLong.of(1000))))
                .isEqualTo(new Renewal.BeyondRenewableUntil(token.renewableUntil()));
    }

    @Test
    void shouldRenewATokenReadFromAReplica() {
        Token token = draft().lifetime(60, 600).token();
        await(store.create(new NewToken(token, null)));
        Token foreign = draft().lifetime(60, 600).token();
        await(store.create(new NewToken(foreign, "nonce")));
        redis.mode(UnreliableStore.Mode.REPLICA);

        assertThat(await(store.renew(byId(token), OptionalLong.of(100))))
                .isEqualTo(new Renewal.Renewed(
                        token.renewed(token.issuedAt() + 100, clock.millis()), Durability.JOURNALED));
        assertThat(await(store.renew(byHash(foreign), OptionalLong.of(100))))
                .isEqualTo(new Renewal.Renewed(
                        foreign.renewed(foreign.issuedAt() + 100, clock.millis()), Durability.JOURNALED));

        recoverRedis();
        assertThat(await(redis.read(byId(token))))
                .isEqualTo(new Verdict.Active(token.renewed(token.issuedAt() + 100, clock.millis())));
        assertThat(await(redis.validate(byHash(foreign))))
                .isEqualTo(new Verdict.Active(foreign.renewed(foreign.issuedAt() + 100, clock.millis())));
    }

    @Test
    void shouldJournalAnExpiryThatRedisCannotAccept() {
        NewToken known = draft().ours();
        NewToken foreign = draft().foreign();
        await(store.create(known));
        await(store.create(foreign));
        redis.mode(UnreliableStore.Mode.AWAY);
        Token journaled = journaled(draft().ours());

        for (TokenLocator token : List.of(byId(known.token()), byHash(foreign.token()), byId(journaled))) {
            assertThat(await(store.expire(token, clock.millis()))).isEqualTo(Durability.JOURNALED);
            assertThat(await(store.validate(token))).isEqualTo(Verdict.INACTIVE);
            assertThat(await(store.renew(token, OptionalLong.empty()))).isEqualTo(Renewal.NOT_ACTIVE);
        }
        // The expiry has not been replayed to Redis yet.
        redis.mode(UnreliableStore.Mode.UP);
        assertThat(await(store.validate(byId(known.token())))).isEqualTo(Verdict.INACTIVE);
        assertThat(await(store.list(known.token().id().tag(), Paging.FIRST)).tokens())
                .isEmpty();
        recoverRedis();
        for (TokenLocator token : List.of(byId(known.token()), byHash(foreign.token()), byId(journaled))) {
            assertThat(await(redis.validate(token))).isEqualTo(Verdict.INACTIVE);
        }
    }

    @Test
    void shouldJournalANotBeforeTimeThatRedisCannotAccept() {
        Token stored = draft().token();
        Token foreign = draft().token();
        await(store.create(new NewToken(stored, null)));
        await(store.create(new NewToken(foreign, "nonce")));
        redis.mode(UnreliableStore.Mode.AWAY);
        Token journaled = journaled(draft().ours());
        Token ahead = journaled(draft().issuedAtMillis(clock.millis() + 7_000).ours());

        assertThat(await(store.expireSubject(stored.id().tag(), OptionalLong.empty())))
                .satisfies(notBefore -> assertThat(notBefore.durability()).isEqualTo(Durability.JOURNALED))
                .satisfies(notBefore -> assertThat(notBefore.notBeforeMillis()).isEqualTo(ahead.issuedAtMillis()));

        redis.mode(UnreliableStore.Mode.UP);
        for (Token token : List.of(stored, foreign, journaled, ahead)) {
            assertThat(await(store.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);
            assertThat(await(store.renew(byId(token), OptionalLong.empty()))).isEqualTo(Renewal.NOT_ACTIVE);
        }
        assertThat(await(store.validate(byHash(foreign)))).isEqualTo(Verdict.INACTIVE);
        assertThat(await(store.renew(byHash(foreign), OptionalLong.empty()))).isEqualTo(Renewal.NOT_ACTIVE);
        assertThat(await(store.list(stored.id().tag(), Paging.FIRST)).tokens()).isEmpty();
        // A token issued after the returned not-before time is active, whatever the clock says.
        assertThat(await(store.create(draft().ours()))).isEqualTo(new Creation.IssuedTooEarly(ahead.issuedAtMillis()));
        Token later = draft().issuedAtMillis(ahead.issuedAtMillis() + 1).token();
        assertThat(await(store.create(new NewToken(later, null)))).isEqualTo(Creation.CREATED);
        assertActive(later);
        recoverRedis();
        assertActive(later);
        assertThat(await(redis.validate(byId(stored)))).isEqualTo(Verdict.INACTIVE);
    }

    private void assertKept(Token token) {
        assertThat(await(store.validate(byId(token)))).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldExpireTokensThatOnlyRedisHasAndThatAnIssuerWhoseClockIsAheadMade() {
        Token ahead = TokenDraft.of("somebody", clock.millis() + 4_999).token();
        await(redis.create(new NewToken(ahead, null)));
        redis.mode(UnreliableStore.Mode.AWAY);

        await(store.expireSubject(ahead.id().tag(), OptionalLong.empty()));

        recoverRedis();
        clock.advance(Duration.ofSeconds(5));
        assertThat(await(store.validate(byId(ahead)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldExpireAJournaledForeignTokenThatAnIssuerWhoseClockIsAheadMade() {
        redis.mode(UnreliableStore.Mode.AWAY);
        Token ahead =
                journaled(TokenDraft.of("somebody", clock.millis() + 5_000).foreign());

        await(store.expire(byHash(ahead), clock.millis()));

        clock.advance(Duration.ofSeconds(6));
        assertThat(await(store.validate(byHash(ahead)))).isEqualTo(Verdict.INACTIVE);
        recoverRedis();
        assertThat(await(store.validate(byHash(ahead)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldListATokenThatIsKeptWhileItIsListed() {
        Token kept = draft().token();
        redis.mode(UnreliableStore.Mode.AWAY);
        journaled(new NewToken(kept, null));
        redis.mode(UnreliableStore.Mode.UP);
        TokenStore listing = before("list", () -> await(store.expireOthers(kept.id(), OptionalLong.empty())));

        assertThat(await(listing.list(kept.id().tag(), Paging.FIRST)).tokens())
                .extracting(Token::id)
                .containsExactly(kept.id());
    }

    @Test
    void shouldFindATokenActiveThatIsKeptWhileItIsValidated() {
        Token kept = draft().token();

        assertThat(await(keptBefore("validate", kept).validate(byId(kept)))).isInstanceOf(Verdict.Active.class);
        assertThat(await(keptBefore("read", kept).read(byId(kept)))).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldRenewATokenThatIsKeptWhileItIsRenewed() {
        Token kept = draft().token();

        assertThat(await(keptBefore("renew", kept).renew(byId(kept), OptionalLong.empty())))
                .isInstanceOf(Renewal.Renewed.class);
    }

    /** The new issue of the kept token is journaled, and the store has the not-before time already. */
    private TokenStore keptBefore(String call, Token kept) {
        await(redis.create(new NewToken(kept, null)));
        await(journal.expireSubject(RoutingTag.ofSubject("somebody else"), OptionalLong.empty()));
        return before(call, () -> {
            redis.mode(UnreliableStore.Mode.REPLICA);
            long notBefore =
                    await(store.expireOthers(kept.id(), OptionalLong.empty())).notBeforeMillis();
            redis.mode(UnreliableStore.Mode.UP);
            await(redis.expireSubject(kept.id().tag(), OptionalLong.of(notBefore)));
        });
    }

    /** A store with the journal, which runs an action when it first calls a method of Redis. */
    private TokenStore before(String call, Runnable action) {
        AtomicBoolean hasRun = new AtomicBoolean();
        TouchableTokenStore acting = (TouchableTokenStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {TouchableTokenStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(call) && !hasRun.getAndSet(true)) {
                        action.run();
                    }
                    return method.invoke(redis, arguments);
                });
        return new JournaledTokenStore(acting, journal, time, LIMITS);
    }

    /** The journaled not-before time may be ahead of the clock, and a later one that only Redis has even more. */
    @Test
    void shouldIssueATokenInAnOutageAfterTheNotBeforeTimeThatRedisHas() {
        redis.mode(UnreliableStore.Mode.AWAY);
        RoutingTag subject = draft().token().id().tag();
        await(store.expireSubject(subject, OptionalLong.empty()));
        redis.mode(UnreliableStore.Mode.UP);
        NewToken first = draft().ours();
        long journaled = ((Creation.IssuedTooEarly) await(store.create(first))).notBeforeMillis();
        await(store.create(draft().issuedAtMillis(journaled + 1).ours()));
        long notBefore =
                await(store.expireSubject(subject, OptionalLong.empty())).notBeforeMillis();
        redis.mode(UnreliableStore.Mode.AWAY);

        NewToken second = draft().issuedAtMillis(journaled + 1).ours();

        assertThat(await(store.create(second))).isEqualTo(new Creation.IssuedTooEarly(notBefore));
    }

    /** Its creation reached Redis, but was not finished there before the outage. */
    @Test
    void shouldExpireTheRecordOfAJournaledForeignTokenThatHasNoPointer() {
        NewToken foreign = draft().foreign();
        await(redis.create(new NewToken(foreign.token(), null)));
        redis.mode(UnreliableStore.Mode.AWAY);
        await(store.create(foreign));

        await(store.expire(byHash(foreign.token()), clock.millis()));

        recoverRedis();
        assertThat(await(redis.read(byId(foreign.token())))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldExpireJournaledTokensOfAnIssuerWhoseClockIsAhead() {
        redis.mode(UnreliableStore.Mode.AWAY);
        Token ahead =
                journaled(TokenDraft.of("somebody", clock.millis() + 5_000).ours());
        redis.mode(UnreliableStore.Mode.UP);

        await(store.expireSubject(ahead.id().tag(), OptionalLong.empty()));

        clock.advance(Duration.ofSeconds(6));
        assertThat(await(store.validate(byId(ahead)))).isEqualTo(Verdict.INACTIVE);
        recoverRedis();
        assertThat(await(store.validate(byId(ahead)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldJournalAnExpiryOfAllTokensExceptOneWhoseRecordCanBeRead() {
        Token kept = draft().token();
        Token other = draft().token();
        await(store.create(new NewToken(kept, null)));
        await(store.create(new NewToken(other, null)));
        redis.mode(UnreliableStore.Mode.REPLICA);

        assertThat(await(store.expireOthers(kept.id(), OptionalLong.empty())).durability())
                .isEqualTo(Durability.JOURNALED);

        assertKept(kept);
        assertThat(await(store.validate(byId(other)))).isEqualTo(Verdict.INACTIVE);
        recoverRedis();
        assertKept(kept);
        assertThat(await(redis.validate(byId(kept)))).isInstanceOf(Verdict.Active.class);
        assertThat(await(redis.validate(byId(other)))).isEqualTo(Verdict.INACTIVE);
        await(store.expireSubject(kept.id().tag(), OptionalLong.empty()));
        assertThat(await(store.validate(byId(kept)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldNotJournalAnExpiryExceptForATokenThatOnlyRedisKnows() {
        Token kept = draft().token();
        await(store.create(new NewToken(kept, null)));
        redis.mode(UnreliableStore.Mode.AWAY);

        assertThatThrownBy(() -> await(store.expireOthers(kept.id(), OptionalLong.empty())))
                .isInstanceOf(StoreUnavailableException.class);

        recoverRedis();
        assertKept(kept);
    }

    @Test
    void shouldNotKeepATokenThatTheJournalExpiredWithItsSubject() {
        Token expired = draft().token();
        await(store.create(new NewToken(expired, null)));
        clock.advance(Duration.ofSeconds(1));
        redis.mode(UnreliableStore.Mode.AWAY);
        await(store.expireSubject(expired.id().tag(), OptionalLong.empty()));
        redis.mode(UnreliableStore.Mode.UP);

        clock.advance(Duration.ofSeconds(1));
        await(store.expireOthers(expired.id(), OptionalLong.empty()));

        assertThat(await(store.validate(byId(expired)))).isEqualTo(Verdict.INACTIVE);
        recoverRedis();
        assertThat(await(store.validate(byId(expired)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldKeepAJournaledTokenWhileTheOthersExpire() {
        for (UnreliableStore.Mode mode : List.of(UnreliableStore.Mode.AWAY, UnreliableStore.Mode.UP)) {
            redis.mode(UnreliableStore.Mode.UP);
            Token stored = draft().token();
            await(store.create(new NewToken(stored, null)));
            redis.mode(UnreliableStore.Mode.AWAY);
            Token kept = journaled(draft().ours());
            Token other = journaled(draft().ours());
            redis.mode(mode);

            await(store.expireOthers(kept.id(), OptionalLong.empty()));

            redis.mode(UnreliableStore.Mode.UP);
            assertKept(kept);
            for (Token token : List.of(stored, other)) {
                assertThat(await(store.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);
            }
            recoverRedis();
            assertThat(await(redis.validate(byId(kept)))).isInstanceOf(Verdict.Active.class);
            assertThat(await(redis.validate(byId(stored)))).isEqualTo(Verdict.INACTIVE);
            clock.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void shouldKeepAJournaledTokenThatIsReplayedWhileTheOthersExpire() {
        redis.mode(UnreliableStore.Mode.AWAY);
        Token kept = journaled(draft().ours());
        redis.mode(UnreliableStore.Mode.UP);
        clock.advance(Duration.ofSeconds(1));
        redis.afterNextWrite(() -> replay.round(100));

        await(store.expireOthers(kept.id(), OptionalLong.empty()));

        assertKept(kept);
        recoverRedis();
        assertThat(await(redis.validate(byId(kept)))).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldKeepAJournaledTokenIfTheJournalFailsWhileTheOthersExpire() {
        redis.mode(UnreliableStore.Mode.AWAY);
        Token kept = journaled(draft().ours());
        redis.mode(UnreliableStore.Mode.UP);
        clock.advance(Duration.ofSeconds(1));
        redis.afterNextWrite(() -> {
            journal.fail(true);
            return Uni.createFrom().voidItem();
        });

        await(store.expireOthers(kept.id(), OptionalLong.empty()));

        journal.fail(false);
        recoverRedis();
        assertThat(await(store.validate(byId(kept)))).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldExpireTokensOfAnIssuerWhoseClockIsAheadWhileAJournaledTokenIsKept() {
        redis.mode(UnreliableStore.Mode.AWAY);
        Token kept = journaled(draft().ours());
        redis.mode(UnreliableStore.Mode.UP);
        Token ahead = TokenDraft.of("somebody", clock.millis() + 2_000).token();
        await(redis.create(new NewToken(ahead, null)));

        await(store.expireOthers(kept.id(), OptionalLong.empty()));

        assertKept(kept);
        clock.advance(Duration.ofSeconds(3));
        assertThat(await(store.validate(byId(ahead)))).isEqualTo(Verdict.INACTIVE);
        recoverRedis();
        assertThat(await(redis.validate(byId(kept)))).isInstanceOf(Verdict.Active.class);
        assertThat(await(redis.validate(byId(ahead)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldKeepATokenWhoseRenewalIsJournaledWhileTheOthersExpire() {
        Token kept = draft().token();
        await(store.create(new NewToken(kept, null)));
        clock.advance(Duration.ofSeconds(1));
        redis.afterNextWrite(() -> journal.save(new JournaledRecord(kept, null, 1), null));

        await(store.expireOthers(kept.id(), OptionalLong.empty()));

        assertKept(kept);
        recoverRedis();
        assertThat(await(redis.validate(byId(kept)))).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldExpireAJournaledTokenWithItsSubject() {
        redis.mode(UnreliableStore.Mode.AWAY);
        Token journaled = journaled(draft().ours());
        redis.mode(UnreliableStore.Mode.UP);

        assertThat(await(store.expireSubject(journaled.id().tag(), OptionalLong.empty()))
                        .durability())
                .isEqualTo(Durability.AS_CONFIGURED);

        assertThat(await(store.validate(byId(journaled)))).isEqualTo(Verdict.INACTIVE);
        recoverRedis();
        assertThat(await(redis.validate(byId(journaled)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldIssueAForeignStringToOneActiveTokenAtATime() {
        redis.mode(UnreliableStore.Mode.AWAY);
        NewToken first = draft().foreign();
        Token token = journaled(first);
        NewToken second = TokenDraft.of("another", clock.millis() + 1)
                .hash(token.id().hash())
                .foreign();

        assertThat(await(store.create(second))).isEqualTo(Creation.TAKEN);
        assertThat(await(store.create(first))).isEqualTo(new Creation.Created(Durability.JOURNALED));
        await(store.expire(byHash(token), clock.millis()));
        assertThat(await(store.create(second))).isEqualTo(new Creation.Created(Durability.JOURNALED));

        assertThat(await(store.validate(byHash(token)))).isEqualTo(new Verdict.Active(second.token()));
        assertThat(await(store.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);
        recoverRedis();
        assertThat(await(redis.validate(byHash(token)))).isEqualTo(new Verdict.Active(second.token()));
    }

    @Test
    void shouldReissueAForeignTokenWhoseExpiryIsNotReplayedYet() {
        Token token = draft().token();
        await(store.create(new NewToken(token, "first")));
        redis.mode(UnreliableStore.Mode.AWAY);
        await(store.expire(byHash(token), clock.millis()));
        redis.mode(UnreliableStore.Mode.UP);
        Token again = draft().hash(token.id().hash())
                .issuedAtMillis(clock.millis() + 1)
                .token();

        assertThat(await(store.create(new NewToken(again, "second"))))
                .isEqualTo(new Creation.Created(Durability.JOURNALED));

        recoverRedis();
        assertThat(await(redis.validate(byHash(token)))).isEqualTo(new Verdict.Active(again));
    }

    @Test
    void shouldRestartTheIdleTimeoutOfAJournaledToken() {
        redis.mode(UnreliableStore.Mode.AWAY);
        Token token = journaled(draft().idleTimeout(100).ours());

        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofSeconds(90));
            assertThat(await(store.validate(byId(token)))).isInstanceOf(Verdict.Active.class);
        }
        recoverRedis();

        clock.advance(Duration.ofSeconds(90));
        assertThat(await(redis.validate(byId(token)))).isInstanceOf(Verdict.Active.class);
        clock.advance(Duration.ofSeconds(101));
        assertThat(await(redis.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldKeepTheExpiryOfATokenThatWasJournaled() {
        redis.mode(UnreliableStore.Mode.AWAY);
        Token token = journaled(draft().lifetime(60).ours());
        Token outlived = journaled(draft().lifetime(40).ours());
        clock.advance(Duration.ofSeconds(50));

        recoverRedis();

        assertThat(await(redis.read(byId(token)))).isEqualTo(new Verdict.Active(token));
        assertThat(await(redis.read(byId(outlived)))).isEqualTo(Verdict.INACTIVE);
        clock.advance(Duration.ofSeconds(10));
        assertThat(await(redis.read(byId(token)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldReplayAWriteThatRedisHadAcceptedBeforeItsReplyWasLost() {
        redis.mode(UnreliableStore.Mode.MUTE);
        Token kept = journaled(draft().ours());
        Token foreign = journaled(draft().foreign());
        Token gone = journaled(draft().ours());
        await(store.expire(byId(gone), clock.millis()));

        recoverRedis();

        assertActive(kept);
        assertActive(foreign);
        assertThat(await(redis.validate(byHash(foreign)))).isEqualTo(new Verdict.Active(foreign));
        assertThat(await(redis.validate(byId(gone)))).isEqualTo(Verdict.INACTIVE);
        assertThat(metrics.totals().dropped()).isZero();
    }

    @Test
    void shouldNotReactivateATokenExpiredInRedisWhileItsCreateIsJournaled() {
        redis.mode(UnreliableStore.Mode.AWAY);
        Token ours = journaled(draft().ours());
        Token foreign = journaled(draft().foreign());
        redis.mode(UnreliableStore.Mode.UP);
        // An expiry by a process without this journal.
        clock.advance(Duration.ofMillis(1));
        await(redis.expire(byId(ours), clock.millis()));
        await(redis.expire(byHash(foreign), clock.millis()));

        recoverRedis();

        assertThat(await(store.validate(byId(ours)))).isEqualTo(Verdict.INACTIVE);
        assertThat(await(store.validate(byHash(foreign)))).isEqualTo(Verdict.INACTIVE);
        assertThat(metrics.totals().dropped()).isEqualTo(2);
    }

    @Test
    void shouldReturnUnknownWhileTheJournalHasEntriesAndCannotBeRead() {
        Token stored = draft().token();
        await(store.create(new NewToken(stored, null)));
        redis.mode(UnreliableStore.Mode.AWAY);
        journaled(draft().ours());
        redis.mode(UnreliableStore.Mode.UP);

        journal.fail(true);

        assertThat(await(store.validate(byId(stored)))).isInstanceOf(Verdict.Unknown.class);
        assertThat(await(store.read(byId(stored)))).isInstanceOf(Verdict.Unknown.class);
        assertThatThrownBy(() -> await(store.expire(byId(stored), clock.millis())))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void shouldFailAWriteThatNeitherRedisNorTheJournalAccepts() {
        redis.mode(UnreliableStore.Mode.AWAY);
        journal.fail(true);

        assertThatThrownBy(() -> await(store.create(draft().ours()))).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> await(store.expire(byId(draft().token()), clock.millis())))
                .isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> await(store.expireSubject(RoutingTag.ofSubject("a"), OptionalLong.empty())))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void shouldReadTheJournalIfRedisIsDownAndTheMarkerWasNotSeenYet() {
        TokenStore other = new JournaledTokenStore(redis, new StaleEmptyJournal(journal), time, LIMITS);
        redis.mode(UnreliableStore.Mode.AWAY);
        Token token = journaled(draft().ours());

        assertThat(await(other.validate(byId(token)))).isEqualTo(new Verdict.Active(token));
        assertThat(await(other.read(byId(token)))).isEqualTo(new Verdict.Active(token));
        assertThat(await(other.validateAll(List.of(byId(token))))).containsExactly(new Verdict.Active(token));
    }

    private void recoverRedis() {
        redis.mode(UnreliableStore.Mode.UP);
        clock.advance(Duration.ofMillis(1));
        await(replay.round(100));
        for (int i = 0; i < 9 && !journal.isEmpty(); i++) {
            // Entries released by the previous round can be claimed after a pause.
            clock.advance(Duration.ofSeconds(1));
            await(replay.round(100));
        }
        assertThat(journal.entries()).isZero();
    }

    private Token journaled(NewToken token) {
        assertThat(await(store.create(token))).isEqualTo(new Creation.Created(Durability.JOURNALED));
        return token.token();
    }

    private void assertActive(Token token) {
        assertThat(await(store.validate(byId(token)))).isEqualTo(new Verdict.Active(token));
        assertThat(await(store.read(byId(token)))).isEqualTo(new Verdict.Active(token));
    }

    private TokenDraft draft() {
        return TokenDraft.of("somebody", clock.millis());
    }

    private static TokenLocator byId(Token token) {
        return new TokenLocator.ById(token.id());
    }

    private static TokenLocator byHash(Token token) {
        return new TokenLocator.Foreign(token.id().hash());
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(PATIENCE);
    }
}
