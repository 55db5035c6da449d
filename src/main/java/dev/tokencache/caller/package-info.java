/**
 * The callers of the API: authentication and roles.
 *
 * <p>{@link dev.tokencache.caller.Callers} is the entry point. Only the SHA-256 of a caller's secret is configured, and the
 * duration of a refusal does not reveal whether the id exists.
 */
@NullMarked
package dev.tokencache.caller;

import org.jspecify.annotations.NullMarked;
