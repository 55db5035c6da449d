/**
 * Sealed records: what Redis, the journal and an old store hold is encrypted and authenticated, so that a thief learns no
 * identity and cannot change one. {@link dev.tokencache.seal.Seal} is the entry point; docs/adr/0021 explains the format.
 */
@NullMarked
package dev.tokencache.seal;

import org.jspecify.annotations.NullMarked;
