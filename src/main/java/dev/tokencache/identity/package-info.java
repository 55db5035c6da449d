/**
 * Signed identities: JSON Web Tokens by which an application verifies a subject without trusting its network.
 *
 * <p>Start reading at {@link dev.tokencache.identity.SignedIdentities}. It promises that a signature names only what the
 * current record of an active token says, and that it ends no later than the token.
 */
@NullMarked
package dev.tokencache.identity;

import org.jspecify.annotations.NullMarked;
