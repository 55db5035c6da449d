package dev.tokencache.logout;

import dev.tokencache.redis.Time;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of a provider, cached. They are read again when they are old, and when a token names another key; but not
 * more often than every {@link #MIN_INTERVAL}, whatever strangers send. Thread-safe; does not block.
 */
final class ProviderKeys {

    static final Duration MIN_INTERVAL = Duration.ofSeconds(10);
    static final Duration MAX_AGE = Duration.ofMinutes(10);

    private static final Logger LOG = Logger.getLogger(ProviderKeys.class);

    private final String provider;
    private final Supplier<Uni<List<JsonWebKey>>> source;
    private final Time time;

    private @Nullable List<JsonWebKey> keys;
    private @Nullable Uni<List<JsonWebKey>> reading;
    private long readAtNanos;
    private long triedAtNanos;
    private boolean isTried;
    private boolean isFailing;

    ProviderKeys(String provider, Supplier<Uni<List<JsonWebKey>>> source, Time time) {
        this.provider = provider;
        this.source = source;
        this.time = time;
    }

    /** The cached keys, read again if they are old. Fails with {@link StoreUnavailableException} if there are none. */
    synchronized Uni<List<JsonWebKey>> current() {
        List<JsonWebKey> cached = keys;
        if (cached == null) {
            return read();
        }
        return time.nanoTime() - readAtNanos < MAX_AGE.toNanos()
                ? Uni.createFrom().item(cached)
                : read().onFailure().recoverWithItem(cached);
    }

    /**
     * The keys, read after the given ones. Fails with {@link StoreUnavailableException} if they cannot be read now: the
     * provider may have published the key since.
     */
    synchronized Uni<List<JsonWebKey>> newerThan(List<JsonWebKey> seen) {
        List<JsonWebKey> cached = keys;
        return cached != null && cached != seen ? Uni.createFrom().item(cached) : read();
    }

    private synchronized Uni<List<JsonWebKey>> read() {
        if (reading != null) {
            return reading;
        }
        long now = time.nanoTime();
        if (isTried && now - triedAtNanos < MIN_INTERVAL.toNanos()) {
            return Uni.createFrom().failure(unavailable());
        }
        isTried = true;
        triedAtNanos = now;
        reading = Uni.createFrom()
                .deferred(source::get)
                .invoke(this::store)
                .onFailure()
                .transform(this::failed)
                .memoize()
                .indefinitely();
        return reading;
    }

    private synchronized void store(List<JsonWebKey> read) {
        reading = null;
        keys = read;
        readAtNanos = time.nanoTime();
        if (isFailing) {
            isFailing = false;
            LOG.infof("Provider keys available again; provider=%s", provider);
        }
    }

    private synchronized Throwable failed(Throwable cause) {
        reading = null;
        if (!isFailing) {
            isFailing = true;
            LOG.warnf(
                    "Provider keys unavailable: %s. Logout tokens with other keys than the cached ones get 503; provider=%s",
                    cause.getClass().getSimpleName(), provider);
        }
        return unavailable();
    }

    private static StoreUnavailableException unavailable() {
        return new StoreUnavailableException("the keys of the provider are unavailable");
    }
}
