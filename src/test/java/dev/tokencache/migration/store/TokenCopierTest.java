package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyToken;
import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenCopierTest {

    private final MutableClock clock = new MutableClock(Instant.ofEpochSecond(1_800_000_000));
    private final InMemoryTokenStore cluster = new InMemoryTokenStore(clock);
    private final LegacyToken token =
            new LegacyToken(TokenDraft.of("alice", clock.millis() - 1000).token(), true);

    /** A cluster in which another creation holds a reservation for the string. */
    private TokenStore reservedByAnotherCreation() {
        return (TokenStore) Proxy.newProxyInstance(
                TokenStore.class.getClassLoader(), new Class<?>[] {TokenStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("create")) {
                        return Uni.createFrom().item(Creation.TAKEN);
                    }
                    try {
                        return method.invoke(cluster, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void shouldNotReportAPendingCreationAsPresent() {
        TokenCopier copier = new TokenCopier(reservedByAnotherCreation());

        assertThatThrownBy(() -> copier.copy(token).await().indefinitely())
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void shouldReportASecondCopyAsPresent() {
        TokenCopier copier = new TokenCopier(cluster);

        assertThat(copier.copy(token).await().indefinitely()).isEqualTo(TokenCopier.Outcome.COPIED);
        assertThat(copier.copy(token).await().indefinitely()).isEqualTo(TokenCopier.Outcome.PRESENT);
    }

    @Test
    void shouldReportATokenAsPresentThatWasKeptWhileTheOthersExpired() {
        TokenCopier copier = new TokenCopier(cluster);
        copier.copy(token).await().indefinitely();
        cluster.expireOthers(token.token().id(), OptionalLong.empty()).await().indefinitely();

        assertThat(copier.copyMissing(token).await().indefinitely()).isEqualTo(TokenCopier.Outcome.PRESENT);

        cluster.expire(token.locator(), clock.millis()).await().indefinitely();
        assertThat(copier.copyMissing(token).await().indefinitely()).isEqualTo(TokenCopier.Outcome.REFUSED);
    }
}
