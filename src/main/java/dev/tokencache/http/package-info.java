/**
 * The HTTP API: JSON under {@code /v1}, OAuth under {@code /oauth2}, forward-auth under {@code /v1/auth}.
 *
 * <p>Start reading at {@link dev.tokencache.http.api.TokensResource}; {@link dev.tokencache.http.forwardauth.ForwardAuth} serves
 * most requests. The package promises that every error has the format of its endpoint, that no response repeats a token or
 * reveals internal details, and that an unknown verdict is a 503, never a 401 and never {@code active:false}.
 *
 * <p>A request passes {@link dev.tokencache.http.CallerFilter}, {@link dev.tokencache.http.BodyFilter} and its resource.
 * {@link dev.tokencache.http.error.ErrorMapper} maps the exceptions of all three.
 */
@NullMarked
package dev.tokencache.http;

import org.jspecify.annotations.NullMarked;
