package dev.tokencache.token;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.Renewal;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link TokenStore#renew}: moves the expiry of an active token, at most to its maximum expiry. */
abstract class RenewalContract extends TokenStoreFixture {

    RenewalContract(TokenStoreContract contract) {
        super(contract);
    }

    @Test
    void shouldRenewByTheRequestedLifetime() {
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
    void shouldRenewByTheTokensLifetimeUpToTheMaximumExpiry() {
        Token token = created(draft().lifetime(60, 100));
        advance(30);
        long second = Math.floorDiv(now(), 1000L);

        assertRenewed(renew(token), token.renewed(second + 60, now()));
        advance(30);
        Token last = token.renewed(token.renewableUntil(), now());
        assertRenewed(renew(token), last);
        assertActive(last);
        advanceTo(token.renewableUntil() * 1000);
        assertInactive(last);
    }

    @Test
    void shouldRenewToAnEarlierExpiry() {
        Token token = created(draft().lifetime(600));

        assertThat(renew(token, 10)).isInstanceOf(Renewal.Renewed.class);

        advance(10);
        assertInactive(token);
    }

    @Test
    void shouldRenewExactlyToTheMaximumExpiryAndNotBeyond() {
        Token token = created(draft().lifetime(60, 100));

        assertThat(renew(token, 101)).isEqualTo(new Renewal.BeyondRenewableUntil(token.renewableUntil()));
        assertActive(token);
        assertRenewed(renew(token, 100), token.renewed(token.renewableUntil(), now()));
    }

    @Test
    void shouldPreserveAllOtherFieldsInARenewal() {
        Token token = created(draft().lifetime(60, 600)
                .idleTimeout(300)
                .scope("openid")
                .aud(Audience.of("a"))
                .claims("{\"a\":\"\u00eb\"}"));

        renew(token, 120);

        assertThat(read(token)).isEqualTo(new Verdict.Active(token.renewed(token.issuedAt() + 120, now())));
    }

    @Test
    void shouldReturnTheSameWhenARenewalIsRepeated() {
        Token token = created(draft().lifetime(60, 600));

        Token expected = token.renewed(token.issuedAt() + 120, now());
        assertRenewed(renew(token, 120), expected);
        assertRenewed(renew(token, 120), expected);
        assertThat(list(sub).tokens()).hasSize(1);
    }

    @Test
    void shouldPreserveARenewalWhenTheCreateIsRepeated() {
        TokenDraft draft = draft().lifetime(60, 600);
        Token token = created(draft);
        renew(token, 500);

        assertThat(create(draft.ours())).isEqualTo(Creation.CREATED);

        assertKnown(read(token), token.renewed(token.issuedAt() + 500, now()));
    }

    @Test
    void shouldNotRenewAnInactiveToken() {
        Token expired = created(draft());
        expire(byId(expired));
        Token ended = created(draft().lifetime(10, 600));
        Token idle = created(draft().lifetime(600).idleTimeout(10));
        advance(10);

        for (Token inactive : List.of(expired, ended, idle, draft().token())) {
            assertThat(renew(inactive)).isEqualTo(Renewal.NOT_ACTIVE);
            assertThat(renew(inactive, 5)).isEqualTo(Renewal.NOT_ACTIVE);
            assertThat(renew(inactive, 1_000_000)).isEqualTo(Renewal.NOT_ACTIVE);
            assertInactive(inactive);
        }
    }

    @Test
    void shouldNotRenewATokenIssuedBeforeTheNotBeforeTime() {
        Token token = created(draft().lifetime(60, 600));
        expireSubject(sub);

        assertThat(renew(token, 5)).isEqualTo(Renewal.NOT_ACTIVE);
        assertInactive(token);
    }

    @Test
    void shouldApplyTheNotBeforeTimeToARenewedToken() {
        Token token = created(draft().lifetime(60, 600));
        renew(token, 500);
        advance(100);
        expireSubject(sub, token.issuedAtMillis());

        assertInactive(token);
    }
}
