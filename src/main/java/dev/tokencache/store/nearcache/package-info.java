/**
 * Verdicts cached in memory. {@link dev.tokencache.store.nearcache.NearCachedTokenStore} is the entry point. It uses a
 * verdict no longer than configured, and only while it is certain to receive every revocation.
 */
@NullMarked
package dev.tokencache.store.nearcache;

import org.jspecify.annotations.NullMarked;
