package dev.tokencache.token;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.Renewal;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Idle timeouts: only validations and renewals restart them. */
abstract class IdleTimeoutContract extends TokenStoreFixture {

    IdleTimeoutContract(TokenStoreContract contract) {
        super(contract);
    }

    @Test
    void shouldExpireATokenNotValidatedForItsIdleTimeout() {
        Token token = created(draft().idleTimeout(100));

        advanceTo(now() + 99_999);
        assertKnown(read(token), token);
        advanceTo(now() + 1);
        assertInactive(token);
    }

    @Test
    void shouldRestartTheIdleTimeoutByAValidation() {
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
    void shouldRestartTheIdleTimeoutByABatch() {
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
    void shouldRestartTheIdleTimeoutByARenewal() {
        Token token = created(draft().idleTimeout(100));
        advance(99);
        assertThat(renew(token)).isInstanceOf(Renewal.Renewed.class);
        advance(99);

        assertThat(read(token)).isInstanceOf(Verdict.Active.class);
        advance(1);
        assertInactive(token);
    }

    @Test
    void shouldNotRestartTheIdleTimeoutByReadingOrListing() {
        Token token = created(draft().idleTimeout(100));
        advance(50);
        assertThat(read(token)).isEqualTo(new Verdict.Active(token));
        assertThat(list(sub).tokens()).containsExactly(token);
        advance(50);

        assertInactive(token);
    }

    @Test
    void shouldStoreAValidationAtMostOncePerTenthOfTheTimeout() {
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
    void shouldPreserveTheLastValidationWhenACreateIsRepeated() {
        TokenDraft draft = draft().idleTimeout(100);
        Token token = created(draft);
        advance(99);
        assertKnown(validate(byId(token)), token);
        awaitTouch(token);

        assertThat(create(draft.ours())).isEqualTo(Creation.CREATED);

        advance(99);
        assertThat(read(token)).isInstanceOf(Verdict.Active.class);
    }
}
