/**
 * Logouts that an OpenID provider reports: OpenID Connect Back-Channel Logout 1.0.
 *
 * <p>Start reading at {@link dev.tokencache.logout.LogoutIssuers}. It promises that a token is accepted only if a configured
 * provider has signed it for this service, and that a failed logout can be repeated.
 */
@NullMarked
package dev.tokencache.logout;

import org.jspecify.annotations.NullMarked;
