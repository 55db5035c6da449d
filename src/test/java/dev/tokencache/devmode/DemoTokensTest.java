package dev.tokencache.devmode;

import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.token.Paging;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenService;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DemoTokensTest {

    private final TokenService tokens = new TokenService(
            new InMemoryTokenStore(Clock.systemUTC()),
            TokenSettings.usual(),
            Clock.systemUTC(),
            new SecureRandom(),
            verdict -> {},
            false);

    private final DemoTokens demo = new DemoTokens(tokens);

    @BeforeEach
    void create() {
        demo.create().await().indefinitely();
    }

    private SubjectTokens of(String sub) {
        return tokens.list(sub, Paging.FIRST).await().indefinitely();
    }

    @Test
    void shouldShowActiveAndExpiredTokens() {
        assertThat(of("alice").tokens()).extracting(Token::clientId).containsExactlyInAnyOrder("shop", "wiki");
        assertThat(of("alice").tokens())
                .anyMatch(token -> token.idleTimeout() > 0)
                .allMatch(token -> token.claims() != null);
        assertThat(of("bob").tokens()).hasSize(1);
        assertThat(of("mallory").tokens()).isEmpty();
        assertThat(of("mallory").notBeforeMillis()).isPresent();
    }

    @Test
    void shouldAddNothingAfterALiveReload() {
        tokens.expireSubject("bob", OptionalLong.empty(), Optional.empty())
                .await()
                .indefinitely();
        SubjectTokens alice = of("alice");
        SubjectTokens mallory = of("mallory");

        demo.create().await().indefinitely();

        assertThat(of("alice")).isEqualTo(alice);
        assertThat(of("bob").tokens()).isEmpty();
        assertThat(of("mallory")).isEqualTo(mallory);
    }
}
