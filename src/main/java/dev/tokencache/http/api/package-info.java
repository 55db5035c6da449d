/**
 * The JSON API under {@code /v1}: tokens and subjects.
 *
 * <p>Start reading at {@code TokensResource}. {@code Requests} promises that
 * every malformed request is a 400 or 413 that names the field.
 */
@NullMarked
package dev.tokencache.http.api;

import org.jspecify.annotations.NullMarked;
