/**
 * Logins and logouts survive an outage of Redis: what it can not take is kept durably, answered for, and replayed. The
 * entry is {@link dev.tokencache.journal.JournaledTokenStore}.
 *
 * <p>A {@link dev.tokencache.journal.Journal} is a state, not a list of what happened: per token at most one record
 * and one expiry, per subject at most one mark. Expiries and marks only ever grow, and take precedence over records
 * whatever the order in which they were written, so that replaying twice, late, or by two services at once does no harm.
 */
@NullMarked
package dev.tokencache.journal;

import org.jspecify.annotations.NullMarked;
