/**
 * What the store is measured by. The entry is {@link dev.tokencache.store.metrics.MeteredTokenStore}; it changes no
 * answer.
 */
@NullMarked
package dev.tokencache.store.metrics;

import org.jspecify.annotations.NullMarked;
