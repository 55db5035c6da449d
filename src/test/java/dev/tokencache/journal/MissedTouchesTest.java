package dev.tokencache.journal;

import dev.tokencache.redis.Time;
import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.WallClockTime;
import dev.tokencache.token.Durability;
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
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tokens with an idle timeout, while the store cannot record their validations. */
class MissedTouchesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int IDLE_SECONDS = 3;

    private final MutableClock clock = new MutableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final Time time = new WallClockTime(clock);
    private final UnreliableStore redis = new UnreliableStore(new InMemoryTokenStore(clock));
    private final InMemoryJournal journal = new InMemoryJournal(clock);
    private final TokenStore store = journaled(journal);
    private final Replay replay = new Replay(journal, redis, Duration.ofSeconds(30), time, new JournalMetrics());

    private final Token token = draft().token();

    private TokenStore journaled(Journal read) {
        return new JournaledTokenStore(redis, read, time, CallLimits.of(PATIENCE));
    }

    @BeforeEach
    void create() {
        redis.onMissedTouch(new MissedTouches(journal));
        await(store.create(new NewToken(token, null)));
    }

    private void validateFor(int seconds, TokenLocator locator) {
        for (int i = 0; i < seconds * 5; i++) {
            clock.advance(Duration.ofMillis(200));
            assertThat(await(store.validate(locator))).isInstanceOf(Verdict.Active.class);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"READ_ONLY", "REPLICA"})
    void shouldStayActiveWhileItIsValidated(UnreliableStore.Mode mode) {
        redis.mode(mode);

        validateFor(4 * IDLE_SECONDS, byId(token));

        assertThat(await(store.validateAll(List.of(byId(token))))).allMatch(Verdict.Active.class::isInstance);
        clock.advance(Duration.ofSeconds(IDLE_SECONDS - 1));
        assertThat(await(store.read(byId(token)))).isInstanceOf(Verdict.Active.class);
        clock.advance(Duration.ofSeconds(1));
        assertThat(await(store.read(byId(token)))).isNotInstanceOf(Verdict.Active.class);
    }

    /** As Redis does when a record is past its idle timeout. */
    @Test
    void shouldStayActiveAfterTheStoreHasDroppedTheRecord() {
        redis.mode(UnreliableStore.Mode.READ_ONLY);
        validateFor(1, byId(token));
        redis.lose(token.id());

        validateFor(2 * IDLE_SECONDS, byId(token));
        redis.mode(UnreliableStore.Mode.UP);
        await(replay.round(10));

        assertThat(journal.entries()).isZero();
        assertThat(await(redis.read(byId(token)))).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldStayActiveAsAForeignToken() {
        Token foreign = draft().token();
        await(store.create(new NewToken(foreign, "nonce")));
        redis.mode(UnreliableStore.Mode.READ_ONLY);

        validateFor(3 * IDLE_SECONDS, new TokenLocator.Foreign(foreign.id().hash()));
    }

    @Test
    void shouldRecordTheLastValidationWhenTheStoreAcceptsItAgain() {
        redis.mode(UnreliableStore.Mode.READ_ONLY);
        validateFor(2 * IDLE_SECONDS, byId(token));
        redis.mode(UnreliableStore.Mode.UP);

        await(replay.round(10));

        assertThat(journal.entries()).isZero();
        assertThat(await(redis.read(byId(token)))).isInstanceOf(Verdict.Active.class);
        clock.advance(Duration.ofSeconds(IDLE_SECONDS));
        assertThat(await(store.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldWriteAtMostOncePerTokenAndSecond() {
        redis.mode(UnreliableStore.Mode.READ_ONLY);

        validateFor(10, byId(token));

        assertThat(journal.touches()).isBetween(5, 10);
    }

    @Test
    void shouldNotReviveATokenThatWasIdle() {
        redis.mode(UnreliableStore.Mode.READ_ONLY);
        validateFor(2, byId(token));
        clock.advance(Duration.ofSeconds(IDLE_SECONDS));
        assertThat(await(store.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);

        redis.mode(UnreliableStore.Mode.UP);
        await(replay.round(10));

        assertThat(await(redis.read(byId(token)))).isEqualTo(Verdict.INACTIVE);
        assertThat(journal.entries()).isZero();
    }

    @Test
    void shouldNotReviveATokenThatIsExpiredThroughTheJournal() {
        redis.mode(UnreliableStore.Mode.READ_ONLY);
        validateFor(2, byId(token));

        assertThat(await(store.expire(byId(token), clock.millis()))).isEqualTo(Durability.JOURNALED);

        assertThat(await(store.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);
        // A validation that started before the expiry.
        await(journal.touch(token.touched(clock.millis())));
        assertThat(await(store.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);
        replayAll();
        assertThat(await(redis.read(byId(token)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldNotReviveATokenThatIsExpiredInTheStoreMeanwhile() {
        clock.advance(Duration.ofSeconds(1));
        await(journal.touch(token.touched(clock.millis())));
        await(redis.expire(byId(token), clock.millis()));

        assertThat(await(store.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);
        replayAll();
        assertThat(await(redis.read(byId(token)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldNotReviveATokenWhoseSubjectIsExpired() {
        clock.advance(Duration.ofSeconds(1));
        await(journal.touch(token.touched(clock.millis())));
        await(store.expireSubject(token.id().tag(), OptionalLong.empty()));
        redis.lose(token.id());
        clock.advance(Duration.ofMillis(1));
        await(journal.touch(token.touched(clock.millis())));

        assertThat(await(store.validate(byId(token)))).isEqualTo(Verdict.INACTIVE);
        replayAll();
        assertThat(await(redis.read(byId(token)))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldNotOverwriteALaterRenewal() {
        clock.advance(Duration.ofSeconds(1));
        await(journal.touch(token.touched(clock.millis())));
        clock.advance(Duration.ofSeconds(1));
        await(redis.renew(byId(token), OptionalLong.of(5000)));
        Token renewed = token.renewed(clock.millis() / 1000 + 5000, clock.millis());

        assertThat(await(store.read(byId(token)))).isEqualTo(new Verdict.Active(renewed));
        replayAll();
        assertThat(await(redis.read(byId(token)))).isEqualTo(new Verdict.Active(renewed));
    }

    @Test
    void shouldRenewATokenPastItsIdleTimeoutInTheStore() {
        redis.mode(UnreliableStore.Mode.READ_ONLY);
        validateFor(2 * IDLE_SECONDS, byId(token));

        Renewal renewal = await(store.renew(byId(token), OptionalLong.of(5000)));

        Token renewed = token.renewed(clock.millis() / 1000 + 5000, clock.millis());
        assertThat(renewal).isEqualTo(new Renewal.Renewed(renewed, Durability.JOURNALED));
        assertThat(await(store.validate(byId(token)))).isEqualTo(new Verdict.Active(renewed));
        redis.mode(UnreliableStore.Mode.UP);
        await(replay.round(10));
        assertThat(await(redis.read(byId(token)))).isEqualTo(new Verdict.Active(renewed));
    }

    @Test
    void shouldFindTheNewHolderOfAForeignString() {
        Token former = draft().token();
        await(redis.create(new NewToken(former, "former")));
        clock.advance(Duration.ofSeconds(1));
        await(journal.touch(former.touched(clock.millis())));
        await(redis.expire(byId(former), clock.millis()));
        clock.advance(Duration.ofMillis(1));
        NewToken later =
                TokenDraft.of("bob", clock.millis()).hash(former.id().hash()).foreign();
        assertThat(await(redis.create(later))).isEqualTo(Creation.CREATED);

        assertThat(await(store.validate(new TokenLocator.Foreign(former.id().hash()))))
                .isEqualTo(new Verdict.Active(later.token()));
    }

    @Test
    void shouldNotUseTheJournalForTokensWithoutIdleTimeoutOrWithoutRoom() {
        Token plain = TokenDraft.of("alice", clock.millis()).token();
        await(store.create(new NewToken(plain, null)));
        redis.mode(UnreliableStore.Mode.READ_ONLY);
        validateFor(2, byId(plain));
        journal.hasRoom(false);
        validateFor(1, byId(plain));
        await(store.validate(byId(token)));

        assertThat(journal.touches()).isZero();
    }

    private void replayAll() {
        redis.mode(UnreliableStore.Mode.UP);
        for (int i = 0; i < 3; i++) {
            await(replay.round(10));
        }
    }

    private TokenDraft draft() {
        return TokenDraft.of("alice", clock.millis()).idleTimeout(IDLE_SECONDS).lifetime(3600, 7200);
    }

    private static TokenLocator byId(Token token) {
        return new TokenLocator.ById(token.id());
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(PATIENCE);
    }
}
