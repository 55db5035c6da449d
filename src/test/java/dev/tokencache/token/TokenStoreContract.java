package dev.tokencache.token;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.tuples.Tuple2;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every promise of {@link TokenStore}, stated once. A test class for a store extends this and names the store and its
 * clock; each test has subjects of its own, so that all of them can run on one shared store.
 */
public abstract class TokenStoreContract extends TokenStoreFixture {

    // ---- create, validate, read

    @Test
    void shouldKnowATokenOnceItIsCreated() {
        Token token = created(draft());

        assertThat(validate(byId(token))).isEqualTo(new Verdict.Active(token));
        assertThat(read(token)).isEqualTo(new Verdict.Active(token));
    }

    @Test
    void shouldAnswerInactiveForATokenItNeverSaw() {
        Token token = draft().token();

        assertInactive(token);
        assertInactiveByHash(token);
    }

    @Test
    void shouldAnswerInactiveForAnotherTokenOfAKnownSubject() {
        created(draft());

        assertInactive(draft().token());
    }

    @Test
    void shouldBeActiveUntilTheMillisecondOfItsEnd() {
        Token token = created(draft().lifetime(60));

        advanceTo(token.endMillis() - 1);
        assertActive(token);
        advanceTo(token.endMillis());
        assertInactive(token);
    }

    @Test
    void shouldBeActiveForATokenOfAClockThatIsAhead() {
        assertActive(created(draft().issuedAtMillis(now() + 3_600_000)));
    }

    @Test
    void shouldKeepEveryPartOfARecord() {
        String subject = "Zo\u00eb \ud83e\udd8a {tag} \u202e%00:*?[" + freshSubject();
        Token full = created(TokenDraft.of(subject, now())
                .lifetime(60, 2_592_000)
                .idleTimeout(1200)
                .scope("openid urn:x:y/1.0 !#[]~")
                .aud(Audience.of(List.of("https://app.example", "\u00eb\ud83e\udd8a", "")))
                .claims("{\"name\":\"Zo\u00eb \ud83e\udd8a\",\"nul\":\"\\u0000\",\"n\":1.50,\"a\":[null,true]}"));

        assertThat(validate(byId(full))).isEqualTo(new Verdict.Active(full));
        assertThat(read(full)).isEqualTo(new Verdict.Active(full));
        assertThat(list(subject).tokens()).containsExactly(full);
    }

    @Test
    void shouldTellAbsentPartsFromEmptyOnes() {
        Token bare = created(draft());
        Token single = created(draft().aud(Audience.of("a")).scope("a").claims("{}"));
        Token several = created(draft().aud(Audience.of(List.of("a"))));

        assertThat(read(bare)).isEqualTo(new Verdict.Active(bare));
        assertThat(read(single)).isEqualTo(new Verdict.Active(single));
        assertThat(read(several)).isEqualTo(new Verdict.Active(several));
    }

    @Test
    void shouldKeepTheBiggestRecord() {
        Token token =
                created(TokenDraft.of("\u00eb".repeat(494) + freshSubject().substring(8), now())
                        .scope("s".repeat(1024))
                        .aud(Audience.of(Collections.nCopies(32, "\u00eb".repeat(256))))
                        .claims("{\"a\":\"" + "x".repeat(Claims.MAX_BYTES - 8) + "\"}"));

        assertThat(validate(byId(token))).isEqualTo(new Verdict.Active(token));
    }

    @Test
    void shouldAnswerCreatedWhenACreateIsRepeated() {
        NewToken token = draft().ours();

        assertThat(create(token)).isEqualTo(Creation.CREATED);
        assertThat(create(token)).isEqualTo(Creation.CREATED);

        assertThat(list(sub).tokens()).containsExactly(token.token());
    }

    @Test
    void shouldNotUndoAMarkByARepeatedCreate() {
        NewToken token = draft().ours();
        create(token);
        long mark = expireSubject(sub);

        assertThat(create(token)).isEqualTo(new Creation.IssuedTooEarly(mark));
        assertInactive(token.token());
    }

    @Test
    void shouldKeepSubjectsApart() {
        String other = freshSubject();
        TokenHash hash = TokenDraft.randomHash();
        Token one = created(draft().hash(hash));
        Token two = created(TokenDraft.of(other, now()).hash(hash));

        expire(byId(one));

        assertInactive(one);
        assertActive(two);
    }

    // ---- renew

    @Test
    void shouldRenewByTheLifetimeAskedFor() {
        Token token = created(draft().lifetime(60, 600));
        advance(30);

        Token expected = token.renewed(Math.floorDiv(now(), 1000L) + 200, now());
        assertRenewed(renew(token, 200), expected);

        assertActive(expected);
        advance(199);
        assertActive(expected);
        advanceTo(expected.endMillis());
        assertInactive(expected);
    }

    @Test
    void shouldRenewByItsOwnLifetimeCutToTheLatestEnd() {
        Token token = created(draft().lifetime(60, 100));
        advance(30);
        long second = Math.floorDiv(now(), 1000L);

        assertRenewed(renew(token), token.renewed(second + 60, now()));
        advance(30);
        Token last = token.renewed(token.latestEnd(), now());
        assertRenewed(renew(token), last);
        assertActive(last);
        advanceTo(token.latestEnd() * 1000);
        assertInactive(last);
    }

    @Test
    void shouldRenewToASoonerEnd() {
        Token token = created(draft().lifetime(600));

        assertThat(renew(token, 10)).isInstanceOf(Renewal.Renewed.class);

        advance(10);
        assertInactive(token);
    }

    @Test
    void shouldRenewExactlyToTheLatestEndAndNotBeyond() {
        Token token = created(draft().lifetime(60, 100));

        assertThat(renew(token, 101)).isEqualTo(new Renewal.BeyondLatestEnd(token.latestEnd()));
        assertActive(token);
        assertRenewed(renew(token, 100), token.renewed(token.latestEnd(), now()));
    }

    @Test
    void shouldKeepEverythingElseInARenewal() {
        Token token = created(draft().lifetime(60, 600)
                .idleTimeout(300)
                .scope("openid")
                .aud(Audience.of("a"))
                .claims("{\"a\":\"\u00eb\"}"));

        renew(token, 120);

        assertThat(read(token)).isEqualTo(new Verdict.Active(token.renewed(token.issuedAt() + 120, now())));
    }

    @Test
    void shouldAnswerTheSameWhenARenewalIsRepeated() {
        Token token = created(draft().lifetime(60, 600));

        Token expected = token.renewed(token.issuedAt() + 120, now());
        assertRenewed(renew(token, 120), expected);
        assertRenewed(renew(token, 120), expected);
        assertThat(list(sub).tokens()).hasSize(1);
    }

    @Test
    void shouldKeepARenewalWhenTheCreateIsRepeated() {
        TokenDraft draft = draft().lifetime(60, 600);
        Token token = created(draft);
        renew(token, 500);

        assertThat(create(draft.ours())).isEqualTo(Creation.CREATED);

        assertKnown(read(token), token.renewed(token.issuedAt() + 500, now()));
    }

    @Test
    void shouldNotRenewWhatIsNotActive() {
        Token expired = created(draft());
        expire(byId(expired));
        Token ended = created(draft().lifetime(10, 600));
        Token idle = created(draft().lifetime(600).idleTimeout(10));
        advance(10);

        for (Token gone : List.of(expired, ended, idle, draft().token())) {
            assertThat(renew(gone)).isEqualTo(Renewal.NOT_ACTIVE);
            assertThat(renew(gone, 5)).isEqualTo(Renewal.NOT_ACTIVE);
            assertThat(renew(gone, 1_000_000)).isEqualTo(Renewal.NOT_ACTIVE);
            assertInactive(gone);
        }
    }

    @Test
    void shouldNotRenewAcrossTheSubjectsMark() {
        Token token = created(draft().lifetime(60, 600));
        expireSubject(sub);

        assertThat(renew(token, 5)).isEqualTo(Renewal.NOT_ACTIVE);
        assertInactive(token);
    }

    @Test
    void shouldKeepARenewedTokenUnderItsSubjectsMark() {
        Token token = created(draft().lifetime(60, 600));
        renew(token, 500);
        advance(100);
        expireSubject(sub, token.issuedAtMillis());

        assertInactive(token);
    }

    // ---- expire

    @Test
    void shouldExpireOneToken() {
        Token token = created(draft());
        Token other = created(draft());

        expire(byId(token));

        assertInactive(token);
        assertActive(other);
        assertThat(list(sub).notBeforeMillis()).isEmpty();
    }

    @Test
    void shouldSucceedInExpiringWhatIsGone() {
        Token token = created(draft());
        expire(byId(token));
        expire(byId(token));
        expire(byId(draft().token()));
        expire(byId(TokenDraft.of(freshSubject(), now()).token()));
        expire(byHash(draft().token()));

        assertInactive(token);
    }

    // ---- expireSubject

    @Test
    void shouldExpireAllThatExistOfASubject() {
        String other = freshSubject();
        List<Token> tokens = List.of(created(draft()), created(draft().idleTimeout(60)), createdForeign(draft()));
        Token others = created(TokenDraft.of(other, now()));

        assertThat(expireSubject(sub)).isEqualTo(now());

        assertThat(tokens).allSatisfy(this::assertInactive);
        assertInactiveByHash(tokens.get(2));
        assertThat(list(sub)).isEqualTo(new SubjectTokens(OptionalLong.of(now()), List.of()));
        assertActive(others);
        assertThat(list(other).notBeforeMillis()).isEmpty();
    }

    @Test
    void shouldExpireUpToAMomentAndIncludingIt() {
        Token early = created(draft());
        Token at = created(draft().issuedAtMillis(now() + 1));
        Token late = created(draft().issuedAtMillis(now() + 2));
        advance(60);

        assertThat(expireSubject(sub, at.issuedAtMillis())).isEqualTo(at.issuedAtMillis());

        assertInactive(early);
        assertInactive(at);
        assertActive(late);
        assertThat(list(sub).notBeforeMillis()).hasValue(at.issuedAtMillis());
    }

    @Test
    void shouldNeverMoveBackTheMark() {
        long early = now();
        advance(60);
        long mark = expireSubject(sub);

        assertThat(expireSubject(sub, early)).isEqualTo(mark);
        assertThat(expireSubject(sub, 0)).isEqualTo(mark);
        assertThat(expireSubject(sub, mark)).isEqualTo(mark);
        assertThat(expireSubject(sub)).isEqualTo(mark);
        assertThat(list(sub).notBeforeMillis()).hasValue(mark);
        advance(1);
        assertThat(expireSubject(sub)).isEqualTo(mark + 1000);
    }

    @Test
    void shouldExpireByNowWhatClocksThatAreAheadHaveIssued() {
        for (long ahead : new long[] {1, 200, 3_600_000}) {
            String subject = freshSubject();
            Token token = created(TokenDraft.of(subject, now() + ahead));
            Token ours = created(TokenDraft.of(subject, now()));

            assertThat(expireSubject(subject)).isEqualTo(now() + ahead);

            assertInactive(token);
            assertInactive(ours);
        }
    }

    @Test
    void shouldExpireByNowWhatAClockAheadHasIssuedAlsoAfterTokensOfOthers() {
        Token ahead = created(draft().issuedAtMillis(now() + 3_600_000));
        advance(1);
        created(draft());
        expire(byId(created(draft())));
        renew(ahead);

        expireSubject(sub);

        assertInactive(ahead);
    }

    @Test
    void shouldSayThatATokenWasIssuedTooEarlyAndNeverLoseItInSilence() {
        created(draft().issuedAtMillis(now() + 200));
        long mark = expireSubject(sub);

        for (long issued : new long[] {mark - 200, mark - 1, mark}) {
            NewToken early = draft().issuedAtMillis(issued).ours();
            assertThat(create(early)).isEqualTo(new Creation.IssuedTooEarly(mark));
            assertInactive(early.token());
        }
        assertActive(created(draft().issuedAtMillis(mark + 1)));
    }

    @Test
    void shouldTellTokensOfOneMillisecondApartByTheMark() {
        Token before = created(draft());
        long mark = expireSubject(sub);
        assertThat(mark).isEqualTo(now());
        assertThat(create(draft().ours())).isEqualTo(new Creation.IssuedTooEarly(mark));
        Token after = created(draft().issuedAtMillis(mark + 1));
        assertInactive(before);
        assertActive(after);

        long next = expireSubject(sub);

        assertThat(next).isEqualTo(mark + 1);
        assertInactive(after);
        assertActive(created(draft().issuedAtMillis(next + 1)));
    }

    @Test
    void shouldMarkASubjectWithoutTokens() {
        long mark = expireSubject(sub);

        assertThat(list(sub)).isEqualTo(new SubjectTokens(OptionalLong.of(mark), List.of()));
        assertThat(create(draft().ours())).isEqualTo(new Creation.IssuedTooEarly(mark));
    }

    @Test
    void shouldKeepTheMarkForAsLongAsATokenCanLive() {
        Token longest = created(draft().lifetime(2_592_000));
        Token shortest = created(draft().lifetime(1));
        expireSubject(sub, longest.issuedAtMillis());
        advance(86_400);
        Token fresh = created(draft().lifetime(60));
        advance(2_592_000 - 86_400 - 60 - 1);

        assertInactive(longest);
        assertInactive(shortest);
        assertInactive(fresh);
    }

    // ---- list

    @Test
    void shouldListNothingForASubjectItNeverSaw() {
        assertThat(list(sub)).isEqualTo(new SubjectTokens(OptionalLong.empty(), List.of()));
    }

    @Test
    void shouldListLiveTokensOnlyOldestFirst() {
        Token third = created(draft().issuedAtMillis(now() + 3));
        Token first = created(draft().issuedAtMillis(now() + 1));
        Token second = createdForeign(draft().issuedAtMillis(now() + 2));
        expire(byId(created(draft())));
        created(draft().lifetime(10));
        created(draft().idleTimeout(10));
        created(TokenDraft.of(freshSubject(), now()));
        advance(11);

        assertThat(list(sub)).isEqualTo(new SubjectTokens(OptionalLong.empty(), List.of(first, second, third)));
    }

    @Test
    void shouldListTheMarkAndWhatCameAfterIt() {
        created(draft());
        long mark = expireSubject(sub);
        Token after = created(draft().issuedAtMillis(mark + 1));

        assertThat(list(sub)).isEqualTo(new SubjectTokens(OptionalLong.of(mark), List.of(after)));
    }

    @Test
    void shouldListManyTokensOfOneSubject() {
        List<TokenDraft> drafts = drafts(300);
        for (int i = 0; i < drafts.size(); i += 2) {
            drafts.get(i).lifetime(60);
        }
        createAll(drafts);
        assertThat(list(sub).tokens())
                .isEqualTo(drafts.stream().map(TokenDraft::token).toList());

        advance(100);

        List<Token> live = IntStream.range(0, 150)
                .mapToObj(i -> drafts.get(2 * i + 1).token())
                .toList();
        assertThat(list(sub).tokens()).isEqualTo(live);
    }

    @Test
    void shouldNeverLoseALiveTokenByClearingAwayDeadOnes() {
        List<TokenDraft> drafts = drafts(300);
        for (int i = 0; i < drafts.size(); i++) {
            drafts.get(i).lifetime(i % 3 == 0 ? 60 : 3600).idleTimeout(i % 3 == 1 ? 60 : 0);
        }
        createAll(drafts);
        advance(100);
        List<TokenDraft> later = drafts(50);
        createAll(later);

        List<Token> live = Stream.concat(IntStream.range(0, 100).mapToObj(i -> drafts.get(3 * i + 2)), later.stream())
                .map(TokenDraft::token)
                .toList();
        assertThat(list(sub).tokens()).isEqualTo(live);
        assertThat(live).allSatisfy(this::assertActive);
        assertInactive(drafts.get(0).token());
        assertInactive(drafts.get(1).token());
    }

    @Test
    void shouldExpireManyTokensOfOneSubject() {
        List<TokenDraft> drafts = drafts(300);
        createAll(drafts);

        assertThat(expireSubject(sub)).isEqualTo(drafts.get(299).token().issuedAtMillis());

        assertThat(list(sub).tokens()).isEmpty();
        assertInactive(drafts.get(0).token());
        assertInactive(drafts.get(299).token());
    }

    // ---- idle timeout

    @Test
    void shouldBeInactiveWithoutAValidationForTheIdleTimeout() {
        Token token = created(draft().idleTimeout(100));

        advanceTo(now() + 99_999);
        assertKnown(read(token), token);
        advanceTo(now() + 1);
        assertInactive(token);
    }

    @Test
    void shouldMoveTheIdleEndByAValidation() {
        Token token = created(draft().idleTimeout(100));

        for (int i = 0; i < 3; i++) {
            advance(99);
            assertKnown(validate(byId(token)), token);
            awaitTouch(token);
        }
        advance(100);
        assertInactive(token);
    }

    @Test
    void shouldMoveTheIdleEndByABatch() {
        Token token = created(draft().idleTimeout(100));
        Token foreign = createdForeign(draft().idleTimeout(100));
        advance(99);

        await(store().validateAll(List.of(byId(token), byHash(foreign))));
        awaitTouch(token);
        awaitTouch(foreign);

        advance(99);
        assertActive(token);
        assertActiveByHash(foreign);
    }

    @Test
    void shouldMoveTheIdleEndByARenewal() {
        Token token = created(draft().idleTimeout(100));
        advance(99);
        assertThat(renew(token)).isInstanceOf(Renewal.Renewed.class);
        advance(99);

        assertThat(read(token)).isInstanceOf(Verdict.Active.class);
        advance(1);
        assertInactive(token);
    }

    @Test
    void shouldNotMoveTheIdleEndByReadingOrListing() {
        Token token = created(draft().idleTimeout(100));
        advance(50);
        assertThat(read(token)).isEqualTo(new Verdict.Active(token));
        assertThat(list(sub).tokens()).containsExactly(token);
        advance(50);

        assertInactive(token);
    }

    @Test
    void shouldNotWriteDownValidationsMoreOftenThanOncePerTenthOfTheTimeout() {
        Token token = created(draft().idleTimeout(100));
        advanceTo(now() + 9_999);
        assertKnown(validate(byId(token)), token);
        assertThat(read(token)).isEqualTo(new Verdict.Active(token));
        advanceTo(token.issuedAtMillis() + 100_000);

        assertInactive(token);
    }

    @Test
    void shouldNotMoveExpByAValidation() {
        Token token = created(draft().lifetime(100).idleTimeout(90));
        advance(80);
        assertKnown(validate(byId(token)), token);
        awaitTouch(token);
        advanceTo(token.expiresAt() * 1000);

        assertInactive(token);
    }

    @Test
    void shouldKeepTheLastValidationWhenACreateIsRepeated() {
        TokenDraft draft = draft().idleTimeout(100);
        Token token = created(draft);
        advance(99);
        assertKnown(validate(byId(token)), token);
        awaitTouch(token);

        assertThat(create(draft.ours())).isEqualTo(Creation.CREATED);

        advance(99);
        assertThat(read(token)).isInstanceOf(Verdict.Active.class);
    }

    // ---- tokens that another system made

    @Test
    void shouldFindAForeignTokenByItsHashAlone() {
        Token token = createdForeign(draft().lifetime(60, 600).idleTimeout(50));

        assertActiveByHash(token);
        assertActive(token);
        advance(49);
        assertActiveByHash(token);
        awaitTouch(token);
        assertThat(await(store().renew(byHash(token), OptionalLong.of(500)))).isInstanceOf(Renewal.Renewed.class);
        advance(49);
        assertKnown(validate(byHash(token)), token.renewed(token.issuedAt() + 549, now()));
    }

    @Test
    void shouldNotFindATokenOfOursByItsHashAlone() {
        Token token = created(draft());

        assertInactiveByHash(token);
        expire(byHash(token));
        assertActive(token);
    }

    @Test
    void shouldNotRenewAForeignTokenBeyondItsLatestEnd() {
        Token token = createdForeign(draft().lifetime(60, 600));

        assertThat(await(store().renew(byHash(token), OptionalLong.of(601))))
                .isEqualTo(new Renewal.BeyondLatestEnd(token.latestEnd()));
    }

    @Test
    void shouldExpireAForeignTokenByHashOrById() {
        Token byHash = createdForeign(draft());
        Token byId = createdForeign(draft());

        expire(byHash(byHash));
        expire(byHash(byHash));
        expire(byId(byId));
        expire(byId(byId));

        for (Token token : List.of(byHash, byId)) {
            assertInactive(token);
            assertInactiveByHash(token);
        }
    }

    @Test
    void shouldExpireAForeignTokenByItsSubjectsMark() {
        Token token = createdForeign(draft());

        expireSubject(sub);

        assertInactive(token);
        assertInactiveByHash(token);
    }

    @Test
    void shouldNotGiveALiveTokensStringAway() {
        String other = freshSubject();
        Token token = createdForeign(draft());
        advance(1);

        assertThat(create(draft().hash(token.id().hash()).foreign())).isEqualTo(Creation.TAKEN);
        assertThat(create(TokenDraft.of(other, now()).hash(token.id().hash()).foreign()))
                .isEqualTo(Creation.TAKEN);

        assertThat(validate(byHash(token))).isEqualTo(new Verdict.Active(token));
        assertThat(list(other).tokens()).isEmpty();
    }

    @Test
    void shouldNotGiveARenewedTokensStringAway() {
        Token token = createdForeign(draft().lifetime(60, 600));
        await(store().renew(byHash(token), OptionalLong.of(600)));
        advance(300);

        assertTaken(token);
    }

    @Test
    void shouldGiveAStringAwayOnceItsTokenIsNotActive() {
        Token expiredByHash = createdForeign(draft());
        expire(byHash(expiredByHash));
        Token expiredById = createdForeign(draft());
        expire(byId(expiredById));
        Token ended = createdForeign(draft().lifetime(10));
        Token idle = createdForeign(draft().idleTimeout(10));
        String marked = freshSubject();
        Token underMark = createdForeign(TokenDraft.of(marked, now()));
        expireSubject(marked);
        assertTaken(ended);
        assertTaken(idle);
        advance(10);

        for (Token gone : List.of(expiredByHash, expiredById, ended, idle, underMark)) {
            Token next = createdForeign(
                    TokenDraft.of(freshSubject(), now()).hash(gone.id().hash()));
            assertActiveByHash(next);
            assertActive(next);
            assertInactive(gone);
        }
    }

    @Test
    void shouldGiveAStringBackToTheSameSubject() {
        Token first = createdForeign(draft());
        expire(byHash(first));
        advance(1);
        Token second = createdForeign(draft().hash(first.id().hash()).scope("second"));

        assertActiveByHash(second);
        long mark = expireSubject(sub);
        assertInactiveByHash(second);
        Token third =
                createdForeign(draft().issuedAtMillis(mark + 1).hash(first.id().hash()));
        assertActiveByHash(third);
    }

    @Test
    void shouldForgetTheSubjectThatAStringBelongedToBefore() {
        String other = freshSubject();
        Token before = createdForeign(draft());
        expire(byHash(before));
        Token after =
                createdForeign(TokenDraft.of(other, now()).hash(before.id().hash()));

        expire(byId(before));
        expireSubject(sub);

        assertActiveByHash(after);
        assertThat(list(sub).tokens()).isEmpty();
        assertThat(list(other).tokens()).containsExactly(after);
        expire(byHash(after));
        assertInactive(after);
    }

    @Test
    void shouldTakeAForeignTokenOnceItIsIssuedLater() {
        long mark = expireSubject(sub);
        TokenDraft draft = draft();
        assertThat(create(draft.foreign())).isEqualTo(new Creation.IssuedTooEarly(mark));
        assertInactiveByHash(draft.token());

        assertActiveByHash(createdForeign(draft.issuedAtMillis(mark + 1)));
    }

    @Test
    void shouldGiveAStringBackToTheSameSubjectAtTheMillisecondOfItsEnd() {
        Token ended = createdForeign(draft().lifetime(10));
        Token idle = createdForeign(draft().idleTimeout(20));
        for (Token token : List.of(ended, idle)) {
            advanceTo(token.endMillis() - 1);
            assertThat(create(draft().hash(token.id().hash()).foreign())).isEqualTo(Creation.TAKEN);
            advanceTo(token.endMillis());
            assertActiveByHash(createdForeign(draft().hash(token.id().hash())));
        }
    }

    @Test
    void shouldAnswerCreatedWhenACreateOfAForeignTokenIsRepeated() {
        TokenDraft draft = draft();
        Token token = createdForeign(draft);

        assertThat(createdForeign(draft)).isEqualTo(token);

        assertThat(list(sub).tokens()).containsExactly(token);
        expire(byHash(token));
        assertInactiveByHash(token);
    }

    @Test
    void shouldGiveAStringToOnlyOneOfManyWhoWantItAtOnce() {
        for (int round = 0; round < 5; round++) {
            TokenHash hash = TokenDraft.randomHash();
            List<TokenDraft> rivals = IntStream.range(0, 50)
                    .mapToObj(i -> TokenDraft.of(freshSubject(), now()).hash(hash))
                    .toList();

            List<Creation> creations = atOnce(rivals.stream()
                    .map(rival -> store().create(rival.foreign()))
                    .toList());

            assertThat(creations).containsOnlyOnce(Creation.CREATED).containsOnly(Creation.CREATED, Creation.TAKEN);
            Token winner = rivals.get(creations.indexOf(Creation.CREATED)).token();
            assertThat(validate(byHash(winner))).isEqualTo(new Verdict.Active(winner));
            for (TokenDraft rival : rivals) {
                assertThat(list(rival.token().sub()).tokens())
                        .isEqualTo(rival.token().equals(winner) ? List.of(winner) : List.of());
            }
        }
    }

    // ---- many at once

    @Test
    void shouldAnswerABatchInItsOrder() {
        List<TokenLocator> asked = new ArrayList<>();
        List<Verdict> expected = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            Token ours = created(TokenDraft.of(freshSubject(), now()));
            Token foreign = createdForeign(TokenDraft.of(freshSubject(), now()));
            asked.addAll(List.of(byId(ours), byHash(foreign), byId(draft().token()), byHash(draft().token())));
            expected.addAll(
                    List.of(new Verdict.Active(ours), new Verdict.Active(foreign), Verdict.INACTIVE, Verdict.INACTIVE));
        }
        Collections.shuffle(asked, new Random(7));
        Collections.shuffle(expected, new Random(7));

        assertThat(await(store().validateAll(asked))).isEqualTo(expected);
    }

    @Test
    void shouldAnswerABatchOfManyTokensOfOneSubject() {
        List<TokenDraft> drafts = new ArrayList<>(drafts(100));
        createAll(drafts);
        Collections.shuffle(drafts, new Random(7));

        assertThat(await(store().validateAll(drafts.stream()
                        .map(draft -> byId(draft.token()))
                        .toList())))
                .isEqualTo(drafts.stream()
                        .map(draft -> (Verdict) new Verdict.Active(draft.token()))
                        .toList());
    }

    @Test
    void shouldAnswerABatchThatNamesOneTokenTwice() {
        Token token = createdForeign(draft());
        Token gone = created(draft());
        expire(byId(gone));

        assertThat(await(store().validateAll(List.of(byId(token), byId(gone), byHash(token), byId(token)))))
                .containsExactly(
                        new Verdict.Active(token),
                        Verdict.INACTIVE,
                        new Verdict.Active(token),
                        new Verdict.Active(token));
    }

    @Test
    void shouldAnswerAnEmptyBatch() {
        assertThat(await(store().validateAll(List.of()))).isEmpty();
    }

    @Test
    void shouldLeaveNoTokenAliveThatRacesWithItsSubjectsExpiry() {
        List<Token> rivals = new ArrayList<>();
        List<Uni<Creation>> creates = new ArrayList<>();
        List<Uni<Long>> marks = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            TokenDraft rival = draft();
            rivals.add(rival.token());
            creates.add(store().create(rival.ours()));
            if (i == 25) {
                marks.add(store().expireSubject(tag(sub), OptionalLong.empty()));
            }
        }

        Uni<List<Creation>> created = Uni.join().all(creates).andFailFast();
        Uni<List<Long>> marked = Uni.join().all(marks).andFailFast();
        Tuple2<List<Creation>, List<Long>> answers =
                await(Uni.combine().all().unis(created, marked).asTuple());

        assertThat(answers.getItem2()).containsExactly(now());
        assertThat(answers.getItem1()).isSubsetOf(Creation.CREATED, new Creation.IssuedTooEarly(now()));
        assertThat(rivals).allSatisfy(this::assertInactive);
    }

    private void assertTaken(Token token) {
        assertThat(create(TokenDraft.of(freshSubject(), now())
                        .hash(token.id().hash())
                        .foreign()))
                .isEqualTo(Creation.TAKEN);
    }
}
