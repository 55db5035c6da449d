/**
 * Revocations pushed between instances over Redis pub/sub. {@link dev.tokencache.store.revocation.RevocationBus} is the
 * entry point; it also reports when a message may have been missed.
 */
@NullMarked
package dev.tokencache.store.revocation;

import org.jspecify.annotations.NullMarked;
