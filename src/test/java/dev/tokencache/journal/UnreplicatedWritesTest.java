package dev.tokencache.journal;

import dev.tokencache.redis.Time;
import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.WallClockTime;
import dev.tokencache.token.Durability;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What only a master had that is demoted then: no acknowledged write is lost, and no expired token becomes active again. */
class UnreplicatedWritesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration CONFIRM_AFTER = Duration.ofSeconds(30);

    /** How long a released entry rests. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final MutableClock clock = new MutableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final Time time = new WallClockTime(clock);
    private final UnreliableStore redis = new UnreliableStore(new InMemoryTokenStore(clock));
    private final InMemoryJournal journal = new InMemoryJournal(clock);
    private final TokenStore store = new JournaledTokenStore(redis, journal, time, CallLimits.of(PATIENCE));
    private final Replay replay = new Replay(journal, redis, CONFIRM_AFTER, time, new JournalMetrics());

    private final Token token = draft().lifetime(3600, 7200).token();

    UnreplicatedWritesTest() {
        await(store.create(new NewToken(token, null)));
    }

    // --- replays

    @Test
    void shouldKeepALogoutThatWasReplayedToAMasterWithTooFewReplicas() {
        redis.mode(UnreliableStore.Mode.AWAY);
        await(store.expire(byId(token), clock.millis()));
        redis.mode(UnreliableStore.Mode.UNDER_REPLICATED);
        for (int i = 0; i < 100; i++) {
            assertThat(await(replay.round(10))).as("accepted as configured").isFalse();
            clock.advance(PAUSE);
        }

        redis.failOver();

        assertThat(await(redis.read(byId(token)))).as("lost").isInstanceOf(Verdict.Active.class);
        assertThat(await(store.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);
        replayAll();
        assertThat(await(redis.read(byId(token)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldKeepALoginThatWasReplayedToAMasterWithTooFewReplicas() {
        redis.mode(UnreliableStore.Mode.AWAY);
        NewToken ofBob = draft("bob").ours();
        Token created = draft().token();
        await(store.create(new NewToken(created, null)));
        await(store.expireSubject(draft("bob").token().id().tag(), OptionalLong.empty()));
        redis.mode(UnreliableStore.Mode.UNDER_REPLICATED);
        await(replay.round(10));
        clock.advance(CONFIRM_AFTER);
        await(replay.round(10));

        redis.failOver();
        replayAll();

        assertThat(await(redis.read(byId(created)))).isEqualTo(new Verdict.Active(created));
        assertThat(await(redis.create(ofBob))).isInstanceOf(Creation.IssuedTooEarly.class);
    }

    /** Without {@code min-replicas} the store cannot report it. */
    @Test
    void shouldKeepALogoutThatWasReplayedToAMasterCutOffUnnoticed() {
        redis.mode(UnreliableStore.Mode.AWAY);
        await(store.expire(byId(token), clock.millis()));
        redis.mode(UnreliableStore.Mode.CUT_OFF);
        assertThat(await(replay.round(10))).isTrue();
        clock.advance(CONFIRM_AFTER.minusMillis(1));
        await(replay.round(10));

        redis.failOver();

        assertThat(await(store.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);
        replayAll();
        assertThat(await(redis.read(byId(token)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldEmptyTheJournalOfAMasterWithoutReplicas() {
        redis.mode(UnreliableStore.Mode.AWAY);
        await(store.expire(byId(token), clock.millis()));
        redis.mode(UnreliableStore.Mode.UP);

        await(replay.round(10));
        assertThat(journal.entries()).isEqualTo(1);
        clock.advance(CONFIRM_AFTER);
        await(replay.round(10));

        assertThat(journal.entries()).isZero();
    }

    @Test
    void shouldConfirmATokenThatIsRenewedAllTheTime() {
        redis.mode(UnreliableStore.Mode.AWAY);
        Token created = draft().lifetime(600, 6000).token();
        await(store.create(new NewToken(created, null)));
        redis.mode(UnreliableStore.Mode.UP);

        for (int i = 0; i < 2 * Journal.BUSY.toSeconds() && !journal.isEmpty(); i++) {
            await(store.renew(byId(created), OptionalLong.empty()));
            await(replay.round(10));
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(journal.entries()).isZero();
    }

    @Test
    void shouldConfirmATokenThatIsValidatedAllTheTime() {
        redis.mode(UnreliableStore.Mode.AWAY);
        Token created = draft().idleTimeout(3).token();
        await(store.create(new NewToken(created, null)));
        redis.mode(UnreliableStore.Mode.UP);

        for (int i = 0; i < 2 * CONFIRM_AFTER.toSeconds() && !journal.isEmpty(); i++) {
            assertThat(await(store.validate(byId(created)))).isInstanceOf(Verdict.Active.class);
            await(replay.round(10));
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(journal.entries()).isZero();
    }

    @Test
    void shouldKeepARenewalThatWasReplayedToAMasterCutOffUnnoticed() {
        redis.mode(UnreliableStore.Mode.AWAY);
        Token created = draft().lifetime(600, 6000).token();
        await(store.create(new NewToken(created, null)));
        redis.mode(UnreliableStore.Mode.UP);
        await(replay.round(10));
        await(store.renew(byId(created), OptionalLong.of(5000)));
        Token renewed = created.renewed(created.issuedAt() + 5000, clock.millis());
        redis.mode(UnreliableStore.Mode.CUT_OFF);
        clock.advance(CONFIRM_AFTER);
        await(replay.round(10));

        redis.failOver();

        assertThat(await(store.validate(byId(created)))).isEqualTo(new Verdict.Active(renewed));
        replayAll();
        assertThat(await(redis.read(byId(created)))).isEqualTo(new Verdict.Active(renewed));
    }

    @Test
    void shouldConfirmAForeignTokenThatIsExpiredAllTheTime() {
        TokenLocator unknown = new TokenLocator.Foreign(TokenDraft.randomHash());
        redis.mode(UnreliableStore.Mode.AWAY);
        await(store.expire(unknown, clock.millis()));
        redis.mode(UnreliableStore.Mode.UP);

        for (int i = 0; i < 2 * CONFIRM_AFTER.toSeconds() && !journal.isEmpty(); i++) {
            await(store.expire(unknown, clock.millis()));
            await(replay.round(10));
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(journal.entries()).isZero();
    }

    // --- writes that the master accepted, and too few replicas have

    @Test
    void shouldJournalALogoutThatTooFewReplicasHave() {
        redis.mode(UnreliableStore.Mode.UNDER_REPLICATED);

        assertThat(await(store.expire(byId(token), clock.millis()))).isEqualTo(Durability.JOURNALED);

        assertThat(await(redis.read(byId(token)))).as("in Redis").isEqualTo(Verdict.INACTIVE);
        redis.failOver();
        assertThat(await(store.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);
        replayAll();
        assertThat(await(redis.read(byId(token)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldJournalALogoutThatTooFewReplicasHaveWhileTheJournalHasEntries() {
        await(journal.expireSubject(draft("bob").token().id().tag(), OptionalLong.empty()));

        shouldJournalALogoutThatTooFewReplicasHave();
    }

    @Test
    void shouldJournalALogoutEverywhereThatTooFewReplicasHave() {
        redis.mode(UnreliableStore.Mode.UNDER_REPLICATED);

        SubjectNotBefore notBefore = await(store.expireSubject(token.id().tag(), OptionalLong.empty()));

        assertThat(notBefore.durability()).isEqualTo(Durability.JOURNALED);
        redis.failOver();
        assertThat(await(store.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);
        replayAll();
        assertThat(await(redis.read(byId(token)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldJournalALoginThatTooFewReplicasHave() {
        redis.mode(UnreliableStore.Mode.UNDER_REPLICATED);
        NewToken ours = draft().ours();
        NewToken foreign = draft().foreign();

        assertThat(await(store.create(ours))).isEqualTo(new Creation.Created(Durability.JOURNALED));
        assertThat(await(store.create(foreign))).isEqualTo(new Creation.Created(Durability.JOURNALED));

        redis.failOver();
        assertThat(await(store.validate(byId(ours.token())))).isEqualTo(new Verdict.Active(ours.token()));
        replayAll();
        assertThat(await(redis.read(byId(ours.token())))).isEqualTo(new Verdict.Active(ours.token()));
        assertThat(await(
                        redis.read(new TokenLocator.Foreign(foreign.token().id().hash()))))
                .isEqualTo(new Verdict.Active(foreign.token()));
    }

    @Test
    void shouldJournalARenewalThatTooFewReplicasHave() {
        redis.mode(UnreliableStore.Mode.UNDER_REPLICATED);
        Token renewed = token.renewed(token.issuedAt() + 5000, clock.millis());

        assertThat(await(store.renew(byId(token), OptionalLong.of(5000))))
                .isEqualTo(new Renewal.Renewed(renewed, Durability.JOURNALED));

        redis.failOver();
        replayAll();
        assertThat(await(redis.read(byId(token)))).isEqualTo(new Verdict.Active(renewed));
    }

    @Test
    void shouldReportAWriteThatNeitherReplicasNorTheJournalHave() {
        redis.mode(UnreliableStore.Mode.UNDER_REPLICATED);
        journal.fail(true);

        assertThat(await(store.create(draft().ours()))).isEqualTo(new Creation.Created(Durability.UNDER_REPLICATED));
        assertThat(await(store.renew(byId(token), OptionalLong.empty())))
                .isInstanceOfSatisfying(Renewal.Renewed.class, renewed -> assertThat(renewed.durability())
                        .isEqualTo(Durability.UNDER_REPLICATED));
        assertThat(await(store.expire(byId(token), clock.millis()))).isEqualTo(Durability.UNDER_REPLICATED);
        assertThat(await(store.expireSubject(token.id().tag(), OptionalLong.empty()))
                        .durability())
                .isEqualTo(Durability.UNDER_REPLICATED);
    }

    @Test
    void shouldReserveRoomForWritesThatRedisCannotAccept() {
        journal.hasRoom(false);
        redis.mode(UnreliableStore.Mode.UNDER_REPLICATED);
        assertThat(await(store.expire(byId(token), clock.millis()))).isEqualTo(Durability.UNDER_REPLICATED);
        assertThat(journal.entries()).isZero();

        redis.mode(UnreliableStore.Mode.AWAY);
        assertThat(await(store.expire(byId(token), clock.millis()))).isEqualTo(Durability.JOURNALED);
    }

    @Test
    void shouldNotUseTheJournalForWritesWithTheConfiguredDurability() {
        await(store.create(draft().ours()));
        await(store.renew(byId(token), OptionalLong.empty()));
        await(store.expire(byId(token), clock.millis()));
        await(store.expireSubject(token.id().tag(), OptionalLong.empty()));

        assertThat(journal.entries()).isZero();
    }

    private void replayAll() {
        for (int i = 0; i < 10 && !journal.isEmpty(); i++) {
            clock.advance(CONFIRM_AFTER);
            await(replay.round(100));
        }
        assertThat(journal.entries()).isZero();
    }

    private TokenDraft draft() {
        return draft("alice");
    }

    private TokenDraft draft(String sub) {
        return TokenDraft.of(sub, clock.millis());
    }

    private static TokenLocator byId(Token token) {
        return new TokenLocator.ById(token.id());
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(PATIENCE);
    }
}
