package dev.tokencache.audit;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenString;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AuditTargetTest {

    private static final TokenString STRING = new TokenString("session-of-the-old-system");

    @Test
    void shouldNameATokenByItsIdDuringAMigration() {
        TokenId id = TokenDraft.of("alice", 0).token().id();
        TokenLocator presented = new TokenLocator.Presented(new TokenLocator.ById(id), STRING);
        assertThat(AuditTarget.of(Optional.of(presented))).isEqualTo(AuditTarget.of(id));
    }

    @Test
    void shouldNotRevealTheString() {
        TokenLocator presented = new TokenLocator.Presented(new TokenLocator.Foreign(TokenDraft.randomHash()), STRING);
        assertThat(AuditTarget.of(Optional.of(presented)).toString()).doesNotContain(STRING.value());
    }
}
