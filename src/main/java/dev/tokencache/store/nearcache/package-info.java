/**
 * {@link dev.tokencache.store.nearcache.NearCachedTokenStore} answers validations from memory: for no longer than it is told
 * to, and no longer than it can be sure to hear of every revocation.
 */
@NullMarked
package dev.tokencache.store.nearcache;

import org.jspecify.annotations.NullMarked;
