/**
 * The domain: what a token is, how its string is made and checked, and what the service promises about it.
 *
 * <p>Start reading at {@link dev.tokencache.token.TokenService}, the entry for every caller of this package, and at
 * {@link dev.tokencache.token.TokenStore}, the port behind it. The promise of both: a {@link
 * dev.tokencache.token.Verdict} is active, inactive or unknown, and "could not ask" is never told as inactive.
 */
@NullMarked
package dev.tokencache.token;

import org.jspecify.annotations.NullMarked;
