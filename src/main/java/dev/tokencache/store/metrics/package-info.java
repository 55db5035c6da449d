/**
 * Metrics of the store. {@link dev.tokencache.store.metrics.MeteredTokenStore} is the entry point; it does not change any
 * result.
 */
@NullMarked
package dev.tokencache.store.metrics;

import org.jspecify.annotations.NullMarked;
