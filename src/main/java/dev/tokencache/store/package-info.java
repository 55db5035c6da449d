/**
 * Where tokens are kept: one sub-package per store or decorator of {@link dev.tokencache.token.TokenStore}, which never
 * import each other. What several of them need is here: {@link
 * dev.tokencache.token.TokenCodec}, and {@link dev.tokencache.store.revocation.RevocationBus}, which the store that publishes and the
 * one that listens have in common.
 */
@NullMarked
package dev.tokencache.store;

import org.jspecify.annotations.NullMarked;
