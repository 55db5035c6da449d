package dev.tokencache.store.nearcache;

import dev.tokencache.token.TokenLocator;

/**
 * The state at the start of a lookup in the store. The verdict reflects this moment or a later one, so it may miss a
 * revocation made after it.
 *
 * @param startNanos when the lookup started, on the clock of {@link dev.tokencache.redis.Time#nanoTime}
 * @param listeningEpoch the bus' listening epoch, or {@link dev.tokencache.store.revocation.RevocationBus#UNTRUSTED}
 */
record CacheLookup(TokenLocator token, long startNanos, long listeningEpoch, RevocationCounters.Stamp stamp) {}
