/**
 * The token store in Redis and its decorators: one sub-package for each. They do not import each other, except for {@link
 * dev.tokencache.store.revocation}, which connects the store that publishes revocations with the near cache that receives
 * them.
 */
@NullMarked
package dev.tokencache.store;

import org.jspecify.annotations.NullMarked;
