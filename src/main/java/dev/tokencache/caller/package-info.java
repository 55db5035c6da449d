/**
 * Who may call the API, and what each caller may do.
 *
 * <p>Start reading at {@link dev.tokencache.caller.Callers}. Its promise: a caller is known by an id and a secret of
 * which only the SHA-256 is configured, and how long a refusal takes does not tell whether the id exists.
 */
@NullMarked
package dev.tokencache.caller;

import org.jspecify.annotations.NullMarked;
