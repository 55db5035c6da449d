package dev.tokencache.store.nearcache;

import dev.tokencache.token.TokenLocator;

/**
 * What was known when the store was asked for a verdict: the answer is of that moment or later, so what was revoked after
 * it may not be in it.
 *
 * @param askedNanos when, on the clock of nanoTime
 * @param listeningEpoch the bus' stretch, or that it was not sure
 */
record CacheLookup(TokenLocator token, long askedNanos, long listeningEpoch, RevocationCounters.Stamp stamp) {}
