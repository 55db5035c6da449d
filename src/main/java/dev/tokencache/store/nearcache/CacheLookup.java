package dev.tokencache.store.nearcache;

import dev.tokencache.token.TokenLocator;

/**
 * The state at the start of a lookup in the store: the time of {@link dev.tokencache.redis.Time#nanoTime} and the
 * listening epoch of the bus. The verdict reflects this moment or a later one, so it may miss a revocation made after
 * it.
 */
record CacheLookup(TokenLocator token, long startNanos, long listeningEpoch, RevocationCounters.Stamp stamp) {}
