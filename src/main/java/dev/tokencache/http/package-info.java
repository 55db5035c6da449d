/**
 * The HTTP API: JSON under {@code /v1}, OAuth under {@code /oauth2}, forward-auth under {@code /v1/auth}.
 *
 * <p>Start reading at {@link dev.tokencache.http.api.TokensResource}; {@link dev.tokencache.http.forwardauth.ForwardAuth} is the way of
 * most requests. The promise: every error is told in the dialect of its endpoint, no answer repeats a token or shows
 * the inside of the service, and an unknown verdict is a 503, never a 401 and never {@code active:false}.
 *
 * <p>A request passes {@link dev.tokencache.http.CallerFilter}, then {@link dev.tokencache.http.BodyFilter}, then its
 * resource; whatever any of them throws ends in {@link dev.tokencache.http.error.ErrorMapper}.
 */
@NullMarked
package dev.tokencache.http;

import org.jspecify.annotations.NullMarked;
