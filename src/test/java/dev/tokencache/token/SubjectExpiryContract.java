package dev.tokencache.token;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link TokenStore#expireSubject}: expires tokens issued at or before the not-before time, and no later ones. */
abstract class SubjectExpiryContract extends TokenStoreFixture {

    SubjectExpiryContract(TokenStoreContract contract) {
        super(contract);
    }

    @Test
    void shouldExpireAllTokensOfASubject() {
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
    void shouldExpireTokensIssuedAtOrBeforeAMoment() {
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
    void shouldNeverMoveBackTheNotBeforeTime() {
        long early = now();
        advance(60);
        long notBefore = expireSubject(sub);

        assertThat(expireSubject(sub, early)).isEqualTo(notBefore);
        assertThat(expireSubject(sub, 0)).isEqualTo(notBefore);
        assertThat(expireSubject(sub, notBefore)).isEqualTo(notBefore);
        assertThat(expireSubject(sub)).isEqualTo(notBefore);
        assertThat(list(sub).notBeforeMillis()).hasValue(notBefore);
        advance(1);
        assertThat(expireSubject(sub)).isEqualTo(notBefore + 1000);
    }

    @Test
    void shouldExpireTokensIssuedByAClockAhead() {
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
    void shouldExpireATokenIssuedByAClockAheadAfterOtherWrites() {
        Token ahead = created(draft().issuedAtMillis(now() + 3_600_000));
        advance(1);
        created(draft());
        expire(byId(created(draft())));
        renew(ahead);

        expireSubject(sub);

        assertInactive(ahead);
    }

    @Test
    void shouldExpireATokenIssuedByAClockAheadToASubjectWithManyTokens() {
        Token first = created(draft().issuedAtMillis(now() + 3_600_000));
        createAll(drafts(100));
        assertThat(expireSubject(sub)).isEqualTo(first.issuedAtMillis());
        assertInactive(first);

        Token last = created(draft().issuedAtMillis(now() + 7_200_000));
        assertThat(expireSubject(sub)).isEqualTo(last.issuedAtMillis());
        assertInactive(last);
    }

    @Test
    void shouldExpireATokenIssuedByAClockAheadAfterManyTokensExpired() {
        List<TokenDraft> many = drafts(100);
        createAll(many);
        many.forEach(draft -> expire(byId(draft.token())));
        Token ahead = created(draft().issuedAtMillis(now() + 3_600_000));
        createAll(drafts(100));

        expireSubject(sub);

        assertInactive(ahead);
    }

    @Test
    void shouldReportThatATokenWasIssuedTooEarly() {
        created(draft().issuedAtMillis(now() + 200));
        long notBefore = expireSubject(sub);

        for (long issued : new long[] {notBefore - 200, notBefore - 1, notBefore}) {
            NewToken early = draft().issuedAtMillis(issued).ours();
            assertThat(create(early)).isEqualTo(new Creation.IssuedTooEarly(notBefore));
            assertInactive(early.token());
        }
        assertActive(created(draft().issuedAtMillis(notBefore + 1)));
    }

    @Test
    void shouldApplyTheNotBeforeTimeToTheMillisecond() {
        Token before = created(draft());
        long notBefore = expireSubject(sub);
        assertThat(notBefore).isEqualTo(now());
        assertThat(create(draft().ours())).isEqualTo(new Creation.IssuedTooEarly(notBefore));
        Token after = created(draft().issuedAtMillis(notBefore + 1));
        assertInactive(before);
        assertActive(after);

        long next = expireSubject(sub);

        assertThat(next).isEqualTo(notBefore + 1);
        assertInactive(after);
        assertActive(created(draft().issuedAtMillis(next + 1)));
    }

    @Test
    void shouldExpireASubjectWithoutTokens() {
        long notBefore = expireSubject(sub);

        assertThat(list(sub)).isEqualTo(new SubjectTokens(OptionalLong.of(notBefore), List.of()));
        assertThat(create(draft().ours())).isEqualTo(new Creation.IssuedTooEarly(notBefore));
    }

    @Test
    void shouldStoreTheNotBeforeTimeUntilEveryTokenHasExpired() {
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

    private static void assertKept(Verdict verdict, Token token) {
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Active.class, active -> assertThat(active.token())
                .usingRecursiveComparison()
                .ignoringFields("issuedAtMillis", "lastSeenMillis")
                .isEqualTo(token));
    }

    @Test
    void shouldExpireAllTokensExceptOne() {
        Token before = created(draft());
        Token kept = created(
                draft().issuedAtMillis(now() + 1).lifetime(600, 7200).scope("a").claims("{\"a\":1}"));
        Token after = createdForeign(draft().issuedAtMillis(now() + 2));
        advance(60);

        long notBefore = expireOthers(kept);

        assertThat(notBefore).isEqualTo(now());
        assertKept(validate(byId(kept)), kept);
        assertKept(read(kept), kept);
        assertInactive(before);
        assertInactive(after);
        assertInactiveByHash(after);
        assertThat(list(sub).notBeforeMillis()).hasValue(notBefore);
        assertThat(list(sub).tokens()).extracting(Token::id).containsExactly(kept.id());
        assertActive(created(draft().issuedAtMillis(notBefore + 1)));
        assertThat(renew(kept, 700)).isInstanceOf(TokenStore.Renewal.Renewed.class);
    }

    @Test
    void shouldKeepAForeignTokenAndOneWithAnIdleTimeout() {
        for (boolean isForeign : new boolean[] {true, false}) {
            TokenDraft draft = TokenDraft.of(freshSubject(), now()).idleTimeout(100);
            Token kept = isForeign ? createdForeign(draft) : created(draft);
            Token other = created(TokenDraft.of(kept.sub(), now()));
            advance(60);

            expireOthers(kept);

            assertInactive(other);
            advance(60);
            assertKept(validate(isForeign ? byHash(kept) : byId(kept)), kept);
        }
    }

    /** In either order, the second call finds its token expired. In a subject with many tokens, the record is still there. */
    @Test
    void shouldKeepNoTokenIfTwoCallsKeepOneEach() {
        Token first = created(draft());
        Token second = created(draft());
        for (int i = 0; i < 150; i++) {
            created(draft());
        }
        advance(1);

        await(Uni.join()
                .all(
                        store().expireOthers(first.id(), OptionalLong.empty()),
                        store().expireOthers(second.id(), OptionalLong.empty()))
                .andFailFast());

        assertThat(list(sub).tokens()).isEmpty();
    }

    @Test
    void shouldEndTheKeptTokenByTheNextExpiry() {
        Token kept = created(draft());
        Token next = created(draft());
        expireOthers(kept);
        advance(1);
        expireOthers(next);
        assertThat(list(sub).tokens()).isEmpty();

        Token third = created(draft().issuedAtMillis(now() + 1));
        expireOthers(third);
        expireSubject(sub);
        assertInactive(kept);
        assertInactive(third);
    }

    @Test
    void shouldExpireTheKeptTokenItself() {
        Token kept = created(draft());
        created(draft());
        expireOthers(kept);
        expire(byId(kept));
        assertInactive(kept);
    }

    @Test
    void shouldKeepATokenAgain() {
        Token kept = created(draft());
        for (int i = 0; i < 3; i++) {
            Token other = created(draft().issuedAtMillis(now() + 500));
            advance(1);
            expireOthers(kept);
            assertInactive(other);
            assertKept(validate(byId(kept)), kept);
        }
        expireOthers(kept);
        assertKept(validate(byId(kept)), kept);
    }

    @Test
    void shouldExpireAllIfTheTokenToKeepIsNotActive() {
        Token expired = created(draft().lifetime(10));
        Token other = created(draft());
        Token unknown = draft().token();
        advance(11);

        assertThat(expireOthers(expired)).isEqualTo(now());
        assertInactive(expired);
        assertInactive(other);

        Token later = created(draft().issuedAtMillis(now() + 1));
        advance(1);
        expireOthers(unknown);
        assertInactive(later);
    }

    @Test
    void shouldExpireTokensOfAClockAheadExceptOne() {
        Token kept = created(draft());
        Token ahead = created(draft().issuedAtMillis(now() + 5000));

        assertThat(expireOthers(kept)).isEqualTo(ahead.issuedAtMillis());

        assertInactive(ahead);
        assertKept(validate(byId(kept)), kept);
        expireSubject(sub);
        assertInactive(kept);
    }

    @Test
    void shouldExpireManyTokensExceptOne() {
        List<TokenDraft> drafts = drafts(200);
        createAll(drafts);
        Token kept = drafts.get(17).token();
        advance(1);

        expireOthers(kept);

        assertThat(list(sub).tokens()).extracting(Token::id).containsExactly(kept.id());
        advance(1);
        Token later = created(draft());
        assertThat(create(draft().issuedAtMillis(now() + 1).ours().withMaxTokens(100)))
                .isEqualTo(Creation.CREATED);
        expireSubject(sub);
        assertInactive(kept);
        assertInactive(later);
    }

    @Test
    void shouldExpireTokensUpToAMomentExceptOne() {
        Token kept = created(draft());
        Token early = created(draft().issuedAtMillis(now() + 1));
        Token late = created(draft().issuedAtMillis(now() + 3));
        advance(60);

        long notBefore = await(store().expireOthers(kept.id(), OptionalLong.of(late.issuedAtMillis() - 1)))
                .notBeforeMillis();

        assertThat(notBefore).isEqualTo(late.issuedAtMillis() - 1);
        assertInactive(early);
        assertActive(late);
        assertKept(validate(byId(kept)), kept);
    }
}
