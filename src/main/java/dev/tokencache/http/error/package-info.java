/**
 * Error responses: problem documents (RFC 9457) and OAuth errors (RFC 6749).
 *
 * <p>Start reading at {@link dev.tokencache.http.error.ErrorMapper}. It promises that no error response contains a token, a
 * secret or an internal detail.
 */
@NullMarked
package dev.tokencache.http.error;

import org.jspecify.annotations.NullMarked;
