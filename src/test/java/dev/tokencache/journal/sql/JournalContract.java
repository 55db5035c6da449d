package dev.tokencache.journal.sql;

import dev.tokencache.journal.Journal;
import dev.tokencache.journal.JournalEntry;
import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.journal.JournalStatus.State;
import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.journal.JournaledState;
import dev.tokencache.journal.JournaledSubject;
import dev.tokencache.redis.Time;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.WallClockTime;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The contract of a journal in a database, for each kind of database. */
abstract class JournalContract {

    static final Duration PATIENCE = Duration.ofSeconds(60);
    /** A start that fails takes as long. */
    private static final Duration START_LIMIT = Duration.ofMillis(500);

    static final Duration MAX_TTL = Duration.ofDays(30);
    static final int PLENTY = 100_000;

    private static final String SUB = "alice";
    static final RoutingTag ALICE = RoutingTag.ofSubject(SUB);
    private static final RoutingTag BOB = RoutingTag.ofSubject("bob");

    final MutableClock clock = new MutableClock(Instant.parse("2026-01-01T00:00:00Z"));
    final Time time = new WallClockTime(clock);
    final JournalMetrics events = new JournalMetrics();
    final List<SqlJournal> journals = new ArrayList<>();
    SqlJournal journal;

    /** Creates a journal on the database of this test, without starting it. */
    abstract SqlJournal newJournal(int maxEntries);

    /** Runs a statement that the journals do not know of. */
    abstract void execute(String sql);

    @BeforeEach
    void openJournal() {
        journal = open(PLENTY);
    }

    @AfterEach
    void closeJournals() {
        journals.forEach(SqlJournal::close);
    }

    final SqlJournal open(int maxEntries) {
        SqlJournal opened = started(newJournal(maxEntries));
        awaitOpen(opened);
        return opened;
    }

    /** Starts a journal whose database may be down. */
    final SqlJournal started(SqlJournal made) {
        journals.add(made);
        made.start(START_LIMIT);
        return made;
    }

    /** A start gives up waiting after its limit, and a busy machine may need longer. */
    static void awaitOpen(SqlJournal started) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .until(() -> started.status().state() != State.BROKEN);
    }

    static <T> T await(Uni<T> call) {
        return call.await().atMost(PATIENCE);
    }

    final long now() {
        return clock.millis();
    }

    final JournaledRecord ours(String sub) {
        return record(TokenDraft.of(sub, now()).token(), null);
    }

    final JournaledRecord foreign(TokenHash hash, long issuedAtMillis) {
        return record(TokenDraft.of(SUB, issuedAtMillis).hash(hash).token(), "nonce");
    }

    static JournaledRecord record(Token token, @Nullable String foreignNonce) {
        return new JournaledRecord(
                token, foreignNonce, ThreadLocalRandom.current().nextLong());
    }

    final JournaledRecord save(JournaledRecord record) {
        assertThat(await(journal.save(record, null))).isTrue();
        return record;
    }

    static TokenLocator byId(JournaledRecord record) {
        return new TokenLocator.ById(record.token().id());
    }

    final JournaledState find(JournaledRecord record) {
        return await(
                journal.find(record.token().id().hash(), record.token().id().tag()));
    }

    final JournaledState findForeign(TokenHash hash) {
        return await(journal.find(hash, null));
    }

    private static List<JournalEntry> claimAll(SqlJournal from) {
        return await(from.claim(1000));
    }

    // --- reads and writes

    @Test
    void shouldBeEmptyAtFirst() {
        assertThat(journal.isEmpty()).isTrue();
        assertThat(findForeign(TokenDraft.randomHash())).isEqualTo(JournaledState.NOTHING);
        assertThat(await(journal.find(TokenDraft.randomHash(), ALICE))).isEqualTo(JournaledState.NOTHING);
        assertThat(claimAll(journal)).isEmpty();
        assertThat(journal.status().state()).isEqualTo(State.EMPTY);
        assertThat(journal.status().oldestAge()).isZero();
    }

    @Test
    void shouldFindTheRecordAsItWasSaved() {
        JournaledRecord kept = save(record(
                TokenDraft.of("Ålice ✓", now())
                        .idleTimeout(60)
                        .scope("a b")
                        .claims("{\"a\":[1,\"ü\"]}")
                        .token(),
                null));
        assertThat(journal.isEmpty()).isFalse();
        assertThat(find(kept)).isEqualTo(new JournaledState(kept, JournaledState.NEVER, Token.NOT_BEFORE_UNSET));
        assertThat(findForeign(kept.token().id().hash()).record()).contains(kept);
    }

    @Test
    void shouldExpireOnlyTheNamedToken() {
        JournaledRecord one = save(ours(SUB));
        JournaledRecord other = save(ours(SUB));
        await(journal.expire(byId(one), now()));
        assertThat(find(one).isExpired()).isTrue();
        assertThat(find(other).isExpired()).isFalse();
        assertThat(find(other).saved()).isEqualTo(other);
    }

    @Test
    void shouldKeepItsEntriesWhenItIsReopened() {
        JournaledRecord kept = save(foreign(TokenDraft.randomHash(), now()));
        await(journal.expire(new TokenLocator.Foreign(kept.token().id().hash()), 7));
        await(journal.expireSubject(ALICE, OptionalLong.of(9)));
        journal.close();
        journal = open(PLENTY);
        assertThat(journal.isEmpty()).isFalse();
        assertThat(find(kept)).isEqualTo(new JournaledState(kept, 7, 9));
        assertThat(journal.status().entries()).isEqualTo(3);
    }

    // --- compare and set

    @Test
    void shouldSaveANewRecordOnlyIfThereIsNone() {
        JournaledRecord kept = save(ours(SUB));
        JournaledRecord late = record(kept.token(), null);
        assertThat(await(journal.save(late, null))).isFalse();
        assertThat(find(kept).saved()).isEqualTo(kept);
    }

    @Test
    void shouldReplaceOnlyTheExpectedRecord() {
        JournaledRecord first = save(foreign(TokenDraft.randomHash(), now()));
        Token renewed = first.token().renewed(first.token().renewableUntil(), now());
        JournaledRecord second = record(renewed, "other nonce");
        assertThat(await(journal.save(second, first))).isTrue();
        assertThat(find(first).saved()).isEqualTo(second);
        assertThat(await(journal.save(record(renewed, null), first))).isFalse();
        assertThat(find(first).saved()).isEqualTo(second);
    }

    @Test
    void shouldNotReplaceARecordThatWasRemoved() {
        JournaledRecord removed = ours(SUB);
        assertThat(await(journal.save(record(removed.token(), null), removed))).isFalse();
        assertThat(find(removed)).isEqualTo(JournaledState.NOTHING);
    }

    @Test
    void shouldLetOneOfManyCallersReplaceARecord() {
        JournaledRecord first = save(ours(SUB));
        List<Boolean> kept = all(IntStream.range(0, 200)
                .mapToObj(i -> journal.save(record(first.token(), null), first))
                .toList());
        assertThat(kept).containsOnlyOnce(true);
        List<Boolean> inserted = all(IntStream.range(0, 200)
                .mapToObj(i ->
                        journal.save(record(TokenDraft.of("bob", 1).hash(HASH).token(), null), null))
                .toList());
        assertThat(inserted).containsOnlyOnce(true);
    }

    private static final TokenHash HASH = TokenDraft.randomHash();

    static <T> List<T> all(List<Uni<T>> calls) {
        List<CompletableFuture<T>> answers =
                calls.stream().map(Uni::subscribeAsCompletionStage).toList();
        return answers.stream().map(CompletableFuture::join).toList();
    }

    // --- expiries and not-before times

    @Test
    void shouldMoveExpiryForwardOnly() {
        JournaledRecord kept = save(ours(SUB));
        await(journal.expire(byId(kept), 100));
        await(journal.expire(byId(kept), 50));
        assertThat(find(kept).expiredAtMillis()).isEqualTo(100);
        await(journal.expire(byId(kept), 200));
        assertThat(find(kept).expiredAtMillis()).isEqualTo(200);
    }

    @Test
    void shouldUseTheLaterExpiryByIdOrByHash() {
        JournaledRecord kept = save(foreign(TokenDraft.randomHash(), now()));
        TokenHash hash = kept.token().id().hash();
        await(journal.expire(byId(kept), 100));
        await(journal.expire(new TokenLocator.Foreign(hash), 90));
        assertThat(find(kept).expiredAtMillis()).isEqualTo(100);
        assertThat(findForeign(hash).expiredAtMillis()).isEqualTo(100);
        await(journal.expire(new TokenLocator.Foreign(hash), 110));
        assertThat(find(kept).expiredAtMillis()).isEqualTo(110);
        assertThat(findForeign(hash).expiredAtMillis()).isEqualTo(110);
    }

    @Test
    void shouldFindExpiryAndNotBeforeOfForeignTokenByItsRecord() {
        JournaledRecord kept = save(foreign(TokenDraft.randomHash(), now()));
        await(journal.expire(byId(kept), now() - 1));
        await(journal.expireSubject(ALICE, OptionalLong.of(now() - 2)));
        assertThat(findForeign(kept.token().id().hash())).isEqualTo(new JournaledState(kept, now() - 1, now() - 2));
    }

    @Test
    void shouldIgnoreTheExpiryOfAnotherSubjectsToken() {
        JournaledRecord kept = save(foreign(TokenDraft.randomHash(), now()));
        TokenHash hash = kept.token().id().hash();
        await(journal.expire(new TokenLocator.ById(new TokenId(BOB, hash)), now()));
        assertThat(findForeign(hash).expiredAtMillis()).isEqualTo(JournaledState.NEVER);
        assertThat(await(journal.find(hash, ALICE)).expiredAtMillis()).isEqualTo(JournaledState.NEVER);
    }

    @Test
    void shouldMoveNotBeforeForwardOnly() {
        assertThat(await(journal.expireSubject(ALICE, OptionalLong.of(100)))).isEqualTo(100);
        assertThat(await(journal.expireSubject(ALICE, OptionalLong.of(50)))).isEqualTo(100);
        assertThat(await(journal.expireSubject(ALICE, OptionalLong.of(150)))).isEqualTo(150);
        assertThat(await(journal.find(TokenDraft.randomHash(), ALICE)).notBeforeMillis())
                .isEqualTo(150);
        assertThat(await(journal.find(TokenDraft.randomHash(), BOB)).notBeforeMillis())
                .isEqualTo(Token.NOT_BEFORE_UNSET);
    }

    @Test
    void shouldExpireAllTokensThatExistNow() {
        assertThat(await(journal.expireSubject(ALICE, OptionalLong.empty()))).isEqualTo(now());
        save(record(TokenDraft.of(SUB, now() + 700).token(), null));
        save(record(TokenDraft.of("bob", now() + 900).token(), null));
        clock.advance(Duration.ofMillis(300));
        assertThat(await(journal.expireSubject(ALICE, OptionalLong.empty()))).isEqualTo(now() + 400);
        clock.advance(Duration.ofSeconds(1));
        assertThat(await(journal.expireSubject(ALICE, OptionalLong.empty()))).isEqualTo(now());
    }

    @Test
    void shouldFindAllEntriesOfASubject() {
        JournaledRecord live = save(ours(SUB));
        JournaledRecord dead = save(ours(SUB));
        JournaledRecord deadForeign = save(foreign(TokenDraft.randomHash(), now()));
        JournaledRecord reissued = save(foreign(TokenDraft.randomHash(), now() + 1));
        save(ours("bob"));
        TokenHash onlyInRedis = TokenDraft.randomHash();
        await(journal.expire(byId(dead), now()));
        await(journal.expire(new TokenLocator.Foreign(deadForeign.token().id().hash()), now()));
        await(journal.expire(new TokenLocator.Foreign(reissued.token().id().hash()), now()));
        await(journal.expire(new TokenLocator.ById(new TokenId(ALICE, onlyInRedis)), now()));
        TokenHash ofUnknownSubject = TokenDraft.randomHash();
        await(journal.expire(new TokenLocator.Foreign(ofUnknownSubject), now()));
        await(journal.expire(new TokenLocator.ById(new TokenId(BOB, TokenDraft.randomHash())), now()));
        await(journal.expireSubject(ALICE, OptionalLong.of(3)));
        JournaledSubject alice = await(journal.findSubject(ALICE));
        assertThat(alice.records()).containsExactlyInAnyOrder(live, reissued);
        assertThat(alice.expired())
                .containsExactlyInAnyOrder(
                        dead.token().id().hash(), deadForeign.token().id().hash(), onlyInRedis, ofUnknownSubject);
        assertThat(alice.notBeforeMillis()).isEqualTo(3);
        JournaledSubject without = await(journal.findSubject(RoutingTag.ofSubject("nobody")));
        assertThat(without.records()).isEmpty();
        assertThat(without.notBeforeMillis()).isEqualTo(Token.NOT_BEFORE_UNSET);
    }

    // --- replay

    @Test
    void shouldClaimExpiriesAndNotBeforeTimesBeforeTheirRecords() {
        JournaledRecord plain = save(ours("carol"));
        clock.advance(Duration.ofMillis(1));
        JournaledRecord expired = save(foreign(TokenDraft.randomHash(), now()));
        JournaledRecord expiredById = save(ours("dave"));
        JournaledRecord ofExpiredSubject = save(ours("bob"));
        await(journal.expireSubject(BOB, OptionalLong.of(1)));
        clock.advance(Duration.ofMillis(1));
        await(journal.expire(new TokenLocator.Foreign(expired.token().id().hash()), 1));
        clock.advance(Duration.ofMillis(1));
        await(journal.expire(byId(expiredById), 1));

        List<JournalEntry> first = await(journal.claim(2));
        assertThat(first)
                .extracting(Object::getClass)
                .containsExactly((Class) JournalEntry.NotBefore.class, JournalEntry.Expiry.class);
        List<JournalEntry> second = claimAll(journal);
        assertThat(second).hasSize(2).last().isEqualTo(new JournalEntry.SavedRecord(plain, 0));
        assertThat(claimAll(journal)).isEmpty();

        await(journal.acknowledge(first));
        assertThat(claimAll(journal))
                .containsExactlyInAnyOrder(
                        new JournalEntry.SavedRecord(expired, 0), new JournalEntry.SavedRecord(ofExpiredSubject, 0));
    }

    @Test
    void shouldClaimTheOldestFirst() {
        List<JournalEntry> inOrder = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            inOrder.add(new JournalEntry.SavedRecord(save(ours(SUB)), 0));
            clock.advance(Duration.ofMillis(1));
        }
        assertThat(await(journal.claim(15))).isEqualTo(inOrder.subList(0, 15));
        assertThat(await(journal.claim(15))).isEqualTo(inOrder.subList(15, 20));
    }

    @Test
    void shouldRemoveAcknowledgedEntries() {
        JournaledRecord kept = save(ours(SUB));
        await(journal.acknowledge(claimAll(journal)));
        assertThat(find(kept)).isEqualTo(JournaledState.NOTHING);
        Awaitility.await().atMost(PATIENCE).until(journal::isEmpty);
        assertThat(journal.status().entries()).isZero();
    }

    @Test
    void shouldKeepARecordReplacedSinceItsClaim() {
        JournaledRecord first = save(ours(SUB));
        List<JournalEntry> claimed = claimAll(journal);
        JournaledRecord second = record(first.token(), null);
        assertThat(await(journal.save(second, first))).isTrue();
        assertThat(claimAll(journal)).as("while the first is leased").isEmpty();
        await(journal.acknowledge(claimed));
        assertThat(claimAll(journal)).containsExactly(new JournalEntry.SavedRecord(second, 0));
    }

    @Test
    void shouldKeepAnExpiryMovedForwardSinceItsClaim() {
        JournaledRecord kept = save(foreign(TokenDraft.randomHash(), now()));
        TokenLocator token = new TokenLocator.Foreign(kept.token().id().hash());
        await(journal.expire(token, now()));
        List<JournalEntry> claimed = claimAll(journal);
        await(journal.expire(token, now() + 1));
        await(journal.acknowledge(claimed));
        assertThat(claimAll(journal))
                .singleElement()
                .isInstanceOfSatisfying(JournalEntry.Expiry.class, expiry -> assertThat(expiry.atMillis())
                        .isEqualTo(now() + 1));
    }

    @Test
    void shouldRemoveAnExpiryThatWasRepeatedWithoutChange() {
        JournaledRecord kept = ours(SUB);
        await(journal.expire(byId(kept), 100));
        List<JournalEntry> claimed = claimAll(journal);
        await(journal.expire(byId(kept), 100));
        await(journal.acknowledge(claimed));
        assertThat(find(kept)).isEqualTo(JournaledState.NOTHING);
    }

    // --- confirmation

    private static final Duration CONFIRM_AFTER = Duration.ofSeconds(30);

    private List<JournalEntry> acceptAll() {
        List<JournalEntry> claimed = claimAll(journal);
        await(journal.keep(claimed, CONFIRM_AFTER));
        return claimed;
    }

    @Test
    void shouldKeepAcceptedEntriesUntilTheyCanBeConfirmed() {
        JournaledRecord kept = save(ours(SUB));
        JournaledRecord expired = ours(SUB);
        await(journal.expire(byId(expired), now()));
        await(journal.expireSubject(BOB, OptionalLong.of(9)));
        long acceptedAt = now();
        acceptAll();

        clock.advance(CONFIRM_AFTER.minusMillis(1));
        assertThat(claimAll(journal)).isEmpty();
        assertThat(find(kept).saved()).isEqualTo(kept);
        assertThat(find(expired).isExpired()).isTrue();
        clock.advance(Duration.ofMillis(1));
        List<JournalEntry> claimed = claimAll(journal);
        assertThat(claimed).hasSize(3).allMatch(entry -> entry.acceptedAtMillis() == acceptedAt);
        await(journal.keep(claimed, CONFIRM_AFTER));
        clock.advance(CONFIRM_AFTER);
        assertThat(claimAll(journal)).allMatch(entry -> entry.acceptedAtMillis() == acceptedAt);
    }

    @Test
    void shouldReplayAnEntryReplacedWhileItWasAccepted() {
        JournaledRecord first = save(ours(SUB));
        List<JournalEntry> claimed = claimAll(journal);
        JournaledRecord second = record(first.token(), null);
        await(journal.save(second, first));

        await(journal.keep(claimed, CONFIRM_AFTER));

        assertThat(claimAll(journal)).containsExactly(new JournalEntry.SavedRecord(second, 0));
    }

    @Test
    void shouldNotDelayTheConfirmationByValidations() {
        JournaledRecord first =
                save(record(TokenDraft.of(SUB, now()).idleTimeout(100).token(), null));
        long acceptedAt = now();
        acceptAll();
        clock.advance(CONFIRM_AFTER.dividedBy(2));
        JournaledRecord validated = record(first.token().touched(now()), null);
        assertThat(await(journal.save(validated, first))).isTrue();
        clock.advance(CONFIRM_AFTER.dividedBy(2));

        assertThat(claimAll(journal)).containsExactly(new JournalEntry.SavedRecord(validated, acceptedAt));
    }

    @Test
    void shouldNotDelayTheConfirmationForLongByRenewals() {
        JournaledRecord first = save(ours(SUB));
        clock.advance(Journal.BUSY);
        long acceptedAt = now();
        acceptAll();
        JournaledRecord renewed = record(first.token().renewed(first.token().renewableUntil() - 1, now()), null);
        assertThat(await(journal.save(renewed, first))).isTrue();
        clock.advance(CONFIRM_AFTER);

        assertThat(claimAll(journal)).containsExactly(new JournalEntry.SavedRecord(renewed, acceptedAt));
    }

    @Test
    void shouldForgetTheAcceptanceOfARecordRenewedAndOfAnEarlierExpiry() {
        JournaledRecord first = save(ours(SUB));
        TokenLocator expired = byId(ours(SUB));
        await(journal.expire(expired, now()));
        acceptAll();
        clock.advance(Duration.ofSeconds(1));
        JournaledRecord renewed = record(first.token().renewed(first.token().renewableUntil() - 1, now()), null);
        assertThat(await(journal.save(renewed, first))).isTrue();
        await(journal.expire(expired, now()));
        clock.advance(CONFIRM_AFTER);

        assertThat(claimAll(journal)).hasSize(2).allMatch(entry -> entry.acceptedAtMillis() == 0);
    }

    // --- validations

    private static JournaledState find(SqlJournal from, Token token) {
        return await(from.find(token.id().hash(), token.id().tag()));
    }

    @Test
    void shouldSaveAValidationAtMostOncePerTenthOfTheIdleTimeout() {
        Token token =
                TokenDraft.of(SUB, now()).idleTimeout(100).claims("{\"a\":1}").token();
        Token first = token.touched(now() + 10_000);
        Token tooSoon = token.touched(now() + 19_999);
        Token second = token.touched(now() + 20_000);

        await(journal.touch(first));
        await(journal.touch(tooSoon));
        assertThat(find(journal, token).validated()).isEqualTo(first);
        assertThat(findForeign(token.id().hash()).validated()).isEqualTo(first);
        await(journal.touch(second));
        await(journal.touch(first));

        assertThat(find(journal, token).validated()).isEqualTo(second);
        assertThat(find(journal, token).hasTokenEntry()).isTrue();
        assertThat(claimAll(journal))
                .singleElement()
                .isInstanceOfSatisfying(JournalEntry.Validation.class, validation -> assertThat(validation.token())
                        .isEqualTo(second));
    }

    @Test
    void shouldRemoveAcknowledgedAndOutlivedValidations() {
        Token token = TokenDraft.of(SUB, now()).idleTimeout(100).token();
        Token other = TokenDraft.of(SUB, now()).idleTimeout(100).token();
        await(journal.touch(token));
        await(journal.acknowledge(claimAll(journal)));
        assertThat(find(journal, token)).isEqualTo(JournaledState.NOTHING);

        await(journal.touch(other));
        clock.advance(Duration.ofSeconds(100));
        assertThat(claimAll(journal)).isEmpty();
        assertThat(find(journal, other)).isEqualTo(JournaledState.NOTHING);
    }

    @Test
    void shouldRemoveAValidationWithTheExpiryOfItsToken() {
        Token token = TokenDraft.of(SUB, now()).idleTimeout(100).token();
        await(journal.touch(token));
        await(journal.expire(new TokenLocator.ById(token.id()), now() - 1));

        assertThat(find(journal, token).validated()).isNull();
        assertThat(claimAll(journal)).singleElement().isInstanceOf(JournalEntry.Expiry.class);
    }

    @Test
    void shouldReserveHalfOfTheCapacityForWritesThatRedisCannotAccept() {
        journal.close();
        journal = open(4);
        assertThat(journal.hasRoom()).isTrue();
        save(ours(SUB));
        assertThat(journal.hasRoom()).isTrue();
        save(ours(SUB));
        assertThat(journal.hasRoom()).isFalse();
    }

    @Test
    void shouldRemoveARecordWithItsExpiry() {
        JournaledRecord expired = save(ours(SUB));
        JournaledRecord expiredForeign = save(foreign(TokenDraft.randomHash(), now()));
        JournaledRecord reissued = save(foreign(TokenDraft.randomHash(), now() + 1));
        JournaledRecord ofAlice = save(foreign(TokenDraft.randomHash(), now()));
        await(journal.expire(byId(expired), now() - 5));
        await(journal.expire(
                new TokenLocator.Foreign(expiredForeign.token().id().hash()), now()));
        await(journal.expire(new TokenLocator.Foreign(reissued.token().id().hash()), now()));
        await(journal.expire(
                new TokenLocator.ById(new TokenId(BOB, ofAlice.token().id().hash())), now()));

        assertThat(find(expired).saved()).isNull();
        assertThat(find(expiredForeign).saved()).isNull();
        assertThat(find(reissued).saved()).isEqualTo(reissued);
        List<JournalEntry> claimed = claimAll(journal);
        assertThat(claimed).hasSize(5).last().isEqualTo(new JournalEntry.SavedRecord(ofAlice, 0));
        await(journal.acknowledge(claimed));

        assertThat(find(expired)).isEqualTo(JournaledState.NOTHING);
        assertThat(find(expiredForeign)).isEqualTo(JournaledState.NOTHING);
        assertThat(claimAll(journal)).containsExactly(new JournalEntry.SavedRecord(reissued, 0));
    }

    @Test
    void shouldRemoveRecordsWithTheNotBeforeTimeThatCoversThem() {
        JournaledRecord covered = save(ours(SUB));
        await(journal.expireSubject(covered.token().id().tag(), OptionalLong.empty()));
        JournaledRecord later = save(record(TokenDraft.of(SUB, now() + 1).token(), null));
        JournaledRecord other = save(ours("somebody else"));

        await(journal.acknowledge(await(journal.claim(1))));

        assertThat(find(covered)).isEqualTo(JournaledState.NOTHING);
        assertThat(claimAll(journal))
                .containsExactlyInAnyOrder(
                        new JournalEntry.SavedRecord(later, 0), new JournalEntry.SavedRecord(other, 0));
    }

    @Test
    void shouldKeepAnExpiredRecordUntilItsMaximumExpiry() {
        JournaledRecord ended =
                save(record(TokenDraft.of(SUB, now()).lifetime(60, 600).token(), null));
        clock.advance(Duration.ofSeconds(61));

        assertThat(claimAll(journal)).containsExactly(new JournalEntry.SavedRecord(ended, 0));
    }

    @Test
    void shouldClaimAReleasedEntryAfterAPause() {
        save(ours(SUB));
        List<JournalEntry> claimed = claimAll(journal);
        await(journal.release(claimed));
        assertThat(claimAll(journal)).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        assertThat(claimAll(journal)).isEqualTo(claimed);
    }

    @Test
    void shouldClaimNewEntriesBeforeReleasedOnes() {
        all(IntStream.range(0, 100)
                .mapToObj(i -> journal.expire(byId(ours("of a shard that is down")), now()))
                .toList());
        clock.advance(Duration.ofMillis(1));
        JournaledRecord kept = save(ours(SUB));
        assertThat(await(journal.claim(8))).hasSize(8).last().isEqualTo(new JournalEntry.SavedRecord(kept, 0));

        clock.advance(Duration.ofMillis(1));
        JournaledRecord late = ours(SUB);
        await(journal.expire(byId(late), now()));
        for (int i = 0; i < 8; i++) {
            List<JournalEntry> claimed = await(journal.claim(12));
            if (claimed.contains(expiryOf(claimed, late))) {
                return;
            }
            await(journal.release(claimed));
            clock.advance(Duration.ofSeconds(2));
        }
        throw new AssertionError("the new entry waits behind released ones");
    }

    private static @Nullable JournalEntry expiryOf(List<JournalEntry> claimed, JournaledRecord record) {
        return claimed.stream()
                .filter(entry -> entry instanceof JournalEntry.Expiry expiry
                        && expiry.token().equals(byId(record)))
                .findFirst()
                .orElse(null);
    }

    @Test
    void shouldClaimAnEntryAgainWhenItsLeaseEnds() {
        save(ours(SUB));
        List<JournalEntry> claimed = claimAll(journal);
        clock.advance(Duration.ofSeconds(29));
        assertThat(claimAll(journal)).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        assertThat(claimAll(journal)).isEqualTo(claimed);
    }

    @Test
    void shouldRemoveOutlivedEntries() {
        JournaledRecord ended =
                save(record(TokenDraft.of(SUB, now()).lifetime(60).token(), null));
        JournaledRecord expired = ours(SUB);
        await(journal.expire(byId(expired), now()));
        clock.advance(Duration.ofSeconds(60));
        assertThat(claimAll(journal)).singleElement().isInstanceOf(JournalEntry.Expiry.class);
        assertThat(find(ended)).isEqualTo(JournaledState.NOTHING);
        assertThat(events.totals().dropped()).isEqualTo(1);
        clock.advance(MAX_TTL);
        assertThat(claimAll(journal)).isEmpty();
        assertThat(find(expired)).isEqualTo(JournaledState.NOTHING);
        assertThat(events.totals().dropped()).isEqualTo(2);
    }

    // --- entries that cannot be decoded

    @Test
    void shouldSkipEntriesThatCannotBeDecoded() {
        JournaledRecord unreadable = save(ours(SUB));
        JournaledRecord late = save(ours("bob"));
        execute("update journal_entry set record = null where entry_key = '"
                + unreadable.token().id().hash().text() + "'");

        assertThat(claimAll(journal)).containsExactly(new JournalEntry.SavedRecord(late, 0));
        assertThat(events.totals().failed()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(1));
        assertThat(claimAll(journal)).as("leased for longer").containsExactly(new JournalEntry.SavedRecord(late, 0));

        assertThatThrownBy(() -> find(unreadable)).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> await(journal.findSubject(ALICE))).isInstanceOf(StoreUnavailableException.class);
        assertThat(find(late).saved()).isEqualTo(late);
        List<JournaledState> together = all(List.of(
                journal.find(unreadable.token().id().hash(), null).onFailure().recoverWithItem(JournaledState.NOTHING),
                journal.find(late.token().id().hash(), null)));
        assertThat(together.get(1).saved()).isEqualTo(late);
    }

    // --- threads

    @Test
    void shouldCompleteOnTheContextOfTheCaller() {
        Vertx vertx = Vertx.vertx();
        try {
            Context context = vertx.getOrCreateContext();
            CompletableFuture<Boolean> isSame = new CompletableFuture<>();
            context.runOnContext(here -> journal.save(ours(SUB), null)
                    .chain(() -> journal.find(TokenDraft.randomHash(), null))
                    .subscribe()
                    .with(found -> isSame.complete(Vertx.currentContext() == context), isSame::completeExceptionally));
            assertThat(isSame).succeedsWithin(PATIENCE).isEqualTo(true);
        } finally {
            vertx.close();
        }
    }

    // --- bounds

    @Test
    void shouldRejectNewEntriesBeyondTheLimit() {
        journal.close();
        journal = open(3);
        JournaledRecord kept = save(ours(SUB));
        TokenLocator expired = byId(ours(SUB));
        await(journal.expire(expired, 100));
        await(journal.expire(expired, 101));
        await(journal.expire(expired, 102));
        await(journal.expireSubject(BOB, OptionalLong.of(1)));
        assertThat(journal.status().state()).isEqualTo(State.PENDING);

        assertThatThrownBy(() -> await(journal.save(ours(SUB), null)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("the journal is full");
        assertThatThrownBy(() -> await(journal.expireSubject(ALICE, OptionalLong.of(1))))
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(journal.status().state()).isEqualTo(State.FULL);
        assertThat(events.totals().failed()).isEqualTo(2);

        await(journal.expire(expired, 200));
        assertThat(await(journal.save(record(kept.token(), null), kept))).isTrue();
        assertThat(findForeign(expired.hash()).expiredAtMillis()).isEqualTo(JournaledState.NEVER);
        assertThat(await(journal.find(expired.hash(), ALICE)).expiredAtMillis()).isEqualTo(200);

        await(journal.acknowledge(await(journal.claim(1))));
        Awaitility.await().atMost(PATIENCE).until(() -> journal.status().state() == State.PENDING);
        save(ours(SUB));
    }

    @Test
    void shouldSaveAsManyConcurrentEntriesAsFit() {
        journal.close();
        journal = open(50);
        List<Boolean> kept = all(IntStream.range(0, 300)
                .mapToObj(i -> journal.save(ours(SUB), null).onFailure().recoverWithItem(false))
                .toList());
        assertThat(kept).filteredOn(is -> is).hasSize(50);
        assertThat(claimAll(journal)).hasSize(50);
    }

    @Test
    void shouldExecuteHundredsOfConcurrentCalls() {
        List<JournaledRecord> records =
                IntStream.range(0, 500).mapToObj(i -> ours("user-" + i)).toList();
        assertThat(all(records.stream()
                        .map(record -> journal.save(record, null))
                        .toList()))
                .containsOnly(true);
        all(records.subList(0, 250).stream()
                .map(record -> journal.expire(byId(record), now()))
                .toList());
        List<JournaledState> states = all(records.stream()
                .map(record -> journal.find(
                        record.token().id().hash(), record.token().id().tag()))
                .toList());
        for (int i = 0; i < 500; i++) {
            assertThat(states.get(i).record()).isEqualTo(i < 250 ? Optional.empty() : Optional.of(records.get(i)));
            assertThat(states.get(i).isExpired()).isEqualTo(i < 250);
        }
        assertThat(journal.status().entries()).isEqualTo(500);
    }

    @Test
    void shouldReportTheNumberOfEntriesAndTheOldestAge() {
        save(ours(SUB));
        clock.advance(Duration.ofSeconds(5));
        save(ours(SUB));
        assertThat(journal.status().entries()).isEqualTo(2);
        assertThat(journal.status().oldestAge()).isEqualTo(Duration.ofSeconds(5));
        assertThat(journal.status().state()).isEqualTo(State.PENDING);
    }

    @Test
    void shouldFailCallsAfterItWasClosed() {
        journal.close();
        assertThatThrownBy(() -> await(journal.save(ours(SUB), null))).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> findForeign(TokenDraft.randomHash())).isInstanceOf(StoreUnavailableException.class);
    }
}
