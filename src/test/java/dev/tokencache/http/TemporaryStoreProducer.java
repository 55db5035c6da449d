package dev.tokencache.http;

import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.token.TokenStore;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Stands in for the Redis store until that is there. */
class TemporaryStoreProducer {

    @Produces
    @Singleton
    TokenStore store(Clock clock) {
        return new InMemoryTokenStore(clock);
    }
}
