/**
 * The domain: tokens, their strings, their records and their rules.
 *
 * <p>{@link dev.tokencache.token.TokenService} is the entry point; {@link dev.tokencache.token.TokenStore} is the port to
 * the store. Both promise that a {@link dev.tokencache.token.Verdict} is active, inactive or unknown, and that an
 * unreachable store is never reported as inactive.
 */
@NullMarked
package dev.tokencache.token;

import org.jspecify.annotations.NullMarked;
