package dev.tokencache.token;

import dev.tokencache.testing.TokenDraft;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link TokenStore#expire}: the token is inactive immediately, and expiring it again succeeds. */
abstract class ExpiryContract extends TokenStoreFixture {

    ExpiryContract(TokenStoreContract contract) {
        super(contract);
    }

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
    void shouldSucceedInExpiringAnInactiveToken() {
        Token token = created(draft());
        expire(byId(token));
        expire(byId(token));
        expire(byId(draft().token()));
        expire(byId(TokenDraft.of(freshSubject(), now()).token()));
        expire(byHash(draft().token()));

        assertInactive(token);
    }

    /** The first expiry left a trace, which the second one removes. Then the other token's record is the subject's only one. */
    @Test
    void shouldKeepTheOtherTokenIfATokenIsExpiredAgainMuchLater() throws InterruptedException {
        Token token = created(draft());
        Token other = created(draft());
        expire(byId(token));
        advance(360);
        expire(byId(token));
        // Redis deletes a key a millisecond after its TTL was set to that.
        Thread.sleep(10);

        assertInactive(token);
        assertActive(other);
    }
}
