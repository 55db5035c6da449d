package dev.tokencache.token;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Restoration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link TokenStore#restore}: stores a journaled record unchanged, unless the token was expired since. */
abstract class RestorationContract extends TokenStoreFixture {

    RestorationContract(TokenStoreContract contract) {
        super(contract);
    }

    private Restoration restore(NewToken token) {
        return await(store().restore(token));
    }

    private static NewToken with(NewToken created, Token token) {
        return new NewToken(token, created.foreignNonce());
    }

    @Test
    void shouldStoreAnUnchangedRecord() {
        NewToken ours = draft().lifetime(600).scope("read").claims("{\"a\":1}").ours();
        NewToken foreign = draft().lifetime(600).foreign();
        advance(100);

        assertThat(restore(ours)).isEqualTo(Restoration.RESTORED);
        assertThat(restore(foreign)).isEqualTo(Restoration.RESTORED);

        assertActive(ours.token());
        assertActive(foreign.token());
        assertActiveByHash(foreign.token());
        advance(499);
        assertActive(ours.token());
        advance(1);
        assertInactive(ours.token());
        assertInactiveByHash(foreign.token());
    }

    @Test
    void shouldSucceedWhenARestorationIsRepeated() {
        NewToken ours = draft().ours();
        NewToken foreign = draft().foreign();

        restore(ours);
        restore(foreign);

        assertThat(restore(ours)).isEqualTo(Restoration.RESTORED);
        assertThat(restore(foreign)).isEqualTo(Restoration.RESTORED);
        assertActive(ours.token());
        assertActiveByHash(foreign.token());
    }

    @Test
    void shouldReplaceARecordOfTheSameIssue() {
        for (NewToken created : new NewToken[] {
            draft().lifetime(600, 6000).ours(), draft().lifetime(600, 6000).foreign()
        }) {
            create(created);
            Token longer = created.token().renewed(created.token().issuedAt() + 3000, now());
            Token shorter = created.token().renewed(created.token().issuedAt() + 60, now());

            assertThat(restore(with(created, longer))).isEqualTo(Restoration.RESTORED);
            assertActive(longer);
            assertThat(restore(with(created, shorter))).isEqualTo(Restoration.RESTORED);
            assertActive(shorter);
        }
    }

    /** "Expire all but this token" issues it again. */
    @Test
    void shouldReplaceARecordOfAnEarlierIssue() {
        for (NewToken created : new NewToken[] {draft().ours(), draft().foreign()}) {
            create(created);
            Token reissued = created.token().issuedAfter(now() + 1000);

            assertThat(restore(with(created, reissued))).isEqualTo(Restoration.RESTORED);

            assertActive(reissued);
        }
    }

    @Test
    void shouldKeepTheLaterIssueOfARecord() {
        for (NewToken created : new NewToken[] {draft().ours(), draft().foreign()}) {
            Token reissued = created.token().issuedAfter(now() + 1000);
            create(with(created, reissued));

            restore(created);

            assertThat(validate(byId(reissued))).isInstanceOfSatisfying(Verdict.Active.class, active -> assertThat(
                            active.token().issuedAtMillis())
                    .isEqualTo(reissued.issuedAtMillis()));
        }
    }

    @Test
    void shouldReplaceARecordPastItsExpiry() {
        TokenDraft draft = draft().lifetime(60, 6000);
        Token token = created(draft);
        advance(61);
        assertInactive(token);
        Token renewed = token.renewed(token.issuedAt() + 600, token.issuedAtMillis() + 59_000);

        assertThat(restore(with(draft.ours(), renewed))).isEqualTo(Restoration.RESTORED);

        assertActive(renewed);
    }

    /** It stays in the journal until its maximum expiry, because the store may have a longer renewal. */
    @Test
    void shouldRestoreARecordThatIsPastItsExpiryAndAbsent() {
        NewToken ended = draft().lifetime(60, 6000).ours();
        advance(61);

        assertThat(restore(ended)).isEqualTo(Restoration.RESTORED);

        assertInactive(ended.token());
    }

    @Test
    void shouldPreserveALaterValidation() {
        TokenDraft draft = draft().lifetime(6000).idleTimeout(100);
        Token token = created(draft);
        advance(90);
        validate(byId(token));
        awaitTouch(token);

        restore(draft.ours());

        advance(90);
        assertThat(validate(byId(token))).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldNotRestoreAnExpiredToken() {
        Token present = created(draft());
        Token absent = draft().token();
        Token renewedLater = draft().lifetime(60, 6000).token();
        await(store().create(new NewToken(renewedLater, null)));
        expire(byId(present));
        expire(byId(absent));
        expire(byId(renewedLater));

        assertRejected(new NewToken(present, null));
        assertRejected(new NewToken(absent, null));
        advance(120);
        assertRejected(new NewToken(renewedLater.renewed(renewedLater.issuedAt() + 6000, now()), null));
    }

    @Test
    void shouldNotRestoreAnExpiredTokenIfItsIssuersClockWasAhead() {
        TokenDraft ahead = draft().issuedAtMillis(now() + 500);
        Token token = created(ahead);
        await(store().expire(byId(token), now()));

        assertRejected(ahead.ours());
        TokenDraft absent = draft().issuedAtMillis(now() + 500);
        expire(byId(absent.token()));
        assertRejected(absent.ours());
    }

    private void assertRejected(NewToken token) {
        assertThat(restore(token)).isEqualTo(Restoration.EXPIRED);
        assertInactive(token.token());
    }

    @Test
    void shouldNotRestoreATokenIssuedBeforeTheNotBeforeTime() {
        NewToken ours = draft().ours();
        NewToken foreign = draft().foreign();
        expireSubject(sub);

        assertRejected(ours);
        assertRejected(foreign);
        assertInactiveByHash(foreign.token());
    }

    @Test
    void shouldNotRestoreAForeignTokenExpiredSinceItsIssue() {
        NewToken known = draft().foreign();
        NewToken unknown = draft().foreign();
        create(known);
        advance(1);
        expire(byHash(known.token()));
        expire(byHash(unknown.token()));

        assertRejected(known);
        assertRejected(unknown);
        assertInactiveByHash(known.token());
        assertInactiveByHash(unknown.token());
    }

    @Test
    void shouldRestoreAForeignTokenIssuedAgainAfterItsExpiry() {
        NewToken known = draft().foreign();
        NewToken unknown = draft().foreign();
        create(known);
        long expired = now();
        advance(1);
        NewToken again = draft().hash(known.token().id().hash()).foreign();
        NewToken first = draft().hash(unknown.token().id().hash()).foreign();
        advance(1);

        await(store().expire(byHash(known.token()), expired));
        await(store().expire(byHash(unknown.token()), expired));

        assertThat(restore(again)).isEqualTo(Restoration.RESTORED);
        assertThat(restore(first)).isEqualTo(Restoration.RESTORED);
        assertActiveByHash(again.token());
        assertActiveByHash(first.token());
    }

    @Test
    void shouldCreateAForeignTokenAgainImmediatelyAfterItsExpiry() {
        NewToken token = draft().foreign();
        create(token);
        expire(byHash(token.token()));

        // Within the millisecond of the expiry, the caller must issue the token later.
        NewToken again = draft().hash(token.token().id().hash()).foreign();
        assertThat(create(again)).isEqualTo(new Creation.IssuedTooEarly(now()));
        NewToken later = draft().hash(token.token().id().hash())
                .issuedAtMillis(now() + 1)
                .foreign();
        assertThat(create(later)).isEqualTo(Creation.CREATED);
        assertActiveByHash(later.token());
    }

    /** A journal that read the token from a replica to renew it has its record, but not the nonce of its creation. */
    @Test
    void shouldRestoreTheRenewalOfAForeignTokenWithoutItsNonce() {
        Token former = createdForeign(draft());
        expire(byId(former));
        advance(1);
        Token token = createdForeign(draft().hash(former.id().hash()).lifetime(60, 6000));
        Token renewed = token.renewed(token.issuedAt() + 600, now());

        assertThat(restore(new NewToken(renewed, null))).isEqualTo(Restoration.RESTORED);
        assertActiveByHash(renewed);

        advance(601);
        assertInactiveByHash(renewed);
        Token late = renewed.renewed(token.issuedAt() + 3000, token.issuedAtMillis() + 599_000);
        assertThat(restore(new NewToken(late, null))).isEqualTo(Restoration.RESTORED);
        assertActiveByHash(late);
    }

    @Test
    void shouldNotReassignTheStringOfAnActiveToken() {
        NewToken live = draft().foreign();
        create(live);
        NewToken other = TokenDraft.of(freshSubject(), now())
                .hash(live.token().id().hash())
                .foreign();

        assertThat(restore(other)).isEqualTo(Restoration.TAKEN);

        assertActiveByHash(live.token());
    }

    @Test
    void shouldNotListExpiredTokens() {
        Token live = created(draft());
        Token expired = created(draft());
        expire(byId(expired));
        expire(byId(draft().token()));

        assertThat(list(sub).tokens()).extracting(Token::id).containsExactly(live.id());
        assertThat(list(sub).notBeforeMillis()).isEqualTo(OptionalLong.empty());
    }

    @Test
    void shouldRememberAnExpiryUntilTheMaximumExpiry() {
        TokenDraft draft = draft().lifetime(60, 600);
        Token token = created(draft);
        expire(byId(token));
        advance(599);
        // A write trims inactive records.
        created(draft());

        assertRejected(with(draft.ours(), token.renewed(token.issuedAt() + 600, now())));
    }
}
