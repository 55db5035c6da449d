/**
 * Forward-auth for web servers: a status code and identity headers instead of a body.
 *
 * <p>Start reading at {@link dev.tokencache.http.forwardauth.ForwardAuth}. It promises 200 for an active token, 401 for an
 * inactive one and 503 for an unknown verdict.
 */
@NullMarked
package dev.tokencache.http.forwardauth;

import org.jspecify.annotations.NullMarked;
