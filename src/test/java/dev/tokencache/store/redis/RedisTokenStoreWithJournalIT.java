package dev.tokencache.store.redis;

import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.RestoringTokenStoreContract;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** That the store keeps every promise of the port on a real cluster where a journal may bring writes late. */
class RedisTokenStoreWithJournalIT extends RestoringTokenStoreContract {

    private static RouterFixture redis;

    private final MutableClock clock = new MutableClock(Instant.now());
    private final TokenStore store =
            new RedisTokenStore(redis.router(), redis.storeSettings(true), clock, verdict -> {});

    @BeforeAll
    static void connect() {
        redis = RouterFixture.of(RedisClusterResource.cluster());
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

    /** Whichever of the two comes first: the token was issued before it was expired. */
    @Test
    void shouldNotLoseAnExpiryThatRunsBesideTheCreationOfAForeignToken() {
        for (int round = 0; round < 300; round++) {
            NewToken created = TokenDraft.of("beside", clock.millis()).foreign();
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
}
