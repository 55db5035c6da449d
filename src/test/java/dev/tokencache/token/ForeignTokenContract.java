package dev.tokencache.token;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Foreign tokens: the store finds them by hash alone, and a string belongs to one active token at a time. */
abstract class ForeignTokenContract extends TokenStoreFixture {

    ForeignTokenContract(TokenStoreContract contract) {
        super(contract);
    }

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
    void shouldNotFindAnOwnTokenByItsHashAlone() {
        Token token = created(draft());

        assertInactiveByHash(token);
        expire(byHash(token));
        assertActive(token);
    }

    @Test
    void shouldNotRenewAForeignTokenBeyondItsMaximumExpiry() {
        Token token = createdForeign(draft().lifetime(60, 600));

        assertThat(await(store().renew(byHash(token), OptionalLong.of(601))))
                .isEqualTo(new Renewal.BeyondRenewableUntil(token.renewableUntil()));
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
    void shouldExpireAForeignTokenByItsSubjectsNotBefore() {
        Token token = createdForeign(draft());

        expireSubject(sub);

        assertInactive(token);
        assertInactiveByHash(token);
    }

    @Test
    void shouldNotReassignTheStringOfAnActiveToken() {
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
    void shouldNotReassignTheStringOfARenewedToken() {
        Token token = createdForeign(draft().lifetime(60, 600));
        await(store().renew(byHash(token), OptionalLong.of(600)));
        advance(300);

        assertTaken(token);
    }

    @Test
    void shouldReassignAStringOnceItsTokenIsInactive() {
        Token expiredByHash = createdForeign(draft());
        expire(byHash(expiredByHash));
        Token expiredById = createdForeign(draft());
        expire(byId(expiredById));
        Token ended = createdForeign(draft().lifetime(10));
        Token idle = createdForeign(draft().idleTimeout(10));
        String expiredSubject = freshSubject();
        Token underNotBefore = createdForeign(TokenDraft.of(expiredSubject, now()));
        expireSubject(expiredSubject);
        assertTaken(ended);
        assertTaken(idle);
        advance(10);

        for (Token inactive : List.of(expiredByHash, expiredById, ended, idle, underNotBefore)) {
            Token next = createdForeign(
                    TokenDraft.of(freshSubject(), now()).hash(inactive.id().hash()));
            assertActiveByHash(next);
            assertActive(next);
            assertInactive(inactive);
        }
    }

    @Test
    void shouldReassignAStringToTheSameSubject() {
        Token first = createdForeign(draft());
        expire(byHash(first));
        advance(1);
        Token second = createdForeign(draft().hash(first.id().hash()).scope("second"));

        assertActiveByHash(second);
        long notBefore = expireSubject(sub);
        assertInactiveByHash(second);
        Token third = createdForeign(
                draft().issuedAtMillis(notBefore + 1).hash(first.id().hash()));
        assertActiveByHash(third);
    }

    @Test
    void shouldForgetTheFormerSubjectOfAString() {
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
    void shouldAcceptAForeignTokenIssuedAfterTheNotBeforeTime() {
        long notBefore = expireSubject(sub);
        TokenDraft draft = draft();
        assertThat(create(draft.foreign())).isEqualTo(new Creation.IssuedTooEarly(notBefore));
        assertInactiveByHash(draft.token());

        assertActiveByHash(createdForeign(draft.issuedAtMillis(notBefore + 1)));
    }

    @Test
    void shouldReassignAStringToTheSameSubjectAtTheMillisecondOfItsExpiry() {
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
    void shouldReturnCreatedWhenACreateOfAForeignTokenIsRepeated() {
        TokenDraft draft = draft();
        Token token = createdForeign(draft);

        assertThat(createdForeign(draft)).isEqualTo(token);

        assertThat(list(sub).tokens()).containsExactly(token);
        expire(byHash(token));
        assertInactiveByHash(token);
    }

    @Test
    void shouldAssignAStringToOnlyOneOfManyConcurrentCreations() {
        for (int round = 0; round < 5; round++) {
            TokenHash hash = TokenDraft.randomHash();
            List<TokenDraft> rivals = IntStream.range(0, 50)
                    .mapToObj(i -> TokenDraft.of(freshSubject(), now()).hash(hash))
                    .toList();

            List<Creation> creations = runAll(rivals.stream()
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

    @Test
    void shouldAssignAStringOnceForConcurrentCreationsByOneSubject() {
        for (int round = 0; round < 5; round++) {
            TokenHash hash = TokenDraft.randomHash();
            // Two logins within one millisecond create identical records.
            List<NewToken> twins = IntStream.range(0, 20)
                    .mapToObj(i -> TokenDraft.of(sub, now()).hash(hash).foreign())
                    .toList();

            List<Creation> creations =
                    runAll(twins.stream().map(twin -> store().create(twin)).toList());

            assertThat(creations).containsOnlyOnce(Creation.CREATED).containsOnly(Creation.CREATED, Creation.TAKEN);
            Token winner = twins.get(0).token();
            assertThat(validate(byHash(winner))).isEqualTo(new Verdict.Active(winner));
        }
    }

    private void assertTaken(Token token) {
        assertThat(create(TokenDraft.of(freshSubject(), now())
                        .hash(token.id().hash())
                        .foreign()))
                .isEqualTo(Creation.TAKEN);
    }
}
