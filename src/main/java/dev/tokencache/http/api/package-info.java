/** The JSON API under {@code /v1}: tokens and subjects. */
@NullMarked
package dev.tokencache.http.api;

import org.jspecify.annotations.NullMarked;
