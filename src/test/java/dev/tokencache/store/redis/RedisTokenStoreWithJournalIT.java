package dev.tokencache.store.redis;

import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.RestoringTokenStoreContract;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The contract of {@code TokenStore}, on a real cluster behind a journal, which may restore writes late. */
class RedisTokenStoreWithJournalIT extends RestoringTokenStoreContract {

    private static RouterFixture redis;

    private final MutableClock clock = new MutableClock(Instant.now());
    private final RedisTokenStore store =
            new RedisTokenStore(redis.router(), redis.storeSettings(true), clock, verdict -> {});

    @BeforeAll
    static void connect() {
        redis = RouterFixture.of(
                RedisClusterResource.cluster(), RedisSettings.usual().withoutReplicaReads());
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    @Override
    protected TokenStore store() {
        return store;
    }

    @Override
    protected MutableClock clock() {
        return clock;
    }

    /** In either order of the two calls, the token was issued before it was expired. */
    @Test
    void shouldNotLoseAnExpiryDuringTheCreationOfAForeignToken() {
        for (int round = 0; round < 300; round++) {
            NewToken created = TokenDraft.of("concurrent", clock.millis()).foreign();
            TokenLocator token = new TokenLocator.Foreign(created.token().id().hash());

            Uni.combine()
                    .all()
                    .unis(store.expire(token, clock.millis()), store.create(created))
                    .asTuple()
                    .await()
                    .indefinitely();

            assertThat(store.read(token).await().indefinitely())
                    .as("round %d", round)
                    .isInstanceOf(Verdict.Inactive.class);
        }
    }

    private void importExpiry(TokenLocator token, long atMillis) {
        store.importExpiry(token, atMillis, atMillis + 3_600_000).await().indefinitely();
    }

    @Test
    void shouldExpireTokensByAnImportedExpiry() {
        NewToken ours = TokenDraft.of("past", clock.millis() - 1000).ours();
        NewToken foreign = TokenDraft.of("past", clock.millis() - 1000).foreign();
        TokenLocator unknown = new TokenLocator.Foreign(foreign.token().id().hash());
        TokenLocator byId = new TokenLocator.ById(ours.token().id());
        store.create(ours).await().indefinitely();

        importExpiry(byId, clock.millis() - 1000);
        importExpiry(unknown, clock.millis() - 1000);

        assertThat(store.read(byId).await().indefinitely()).isInstanceOf(Verdict.Inactive.class);
        assertThat(store.create(ours).await().indefinitely()).isInstanceOf(Creation.IssuedTooEarly.class);
        assertThat(store.create(foreign).await().indefinitely()).isInstanceOf(Creation.IssuedTooEarly.class);
    }

    @Test
    void shouldNotExpireATokenIssuedAfterAnImportedExpiry() {
        NewToken again = TokenDraft.of("past", clock.millis()).foreign();
        TokenLocator foreign = new TokenLocator.Foreign(again.token().id().hash());
        store.create(again).await().indefinitely();

        importExpiry(foreign, clock.millis() - 1);
        importExpiry(new TokenLocator.ById(again.token().id()), clock.millis() - 1);

        assertThat(store.read(foreign).await().indefinitely()).isInstanceOf(Verdict.Active.class);
    }
}
