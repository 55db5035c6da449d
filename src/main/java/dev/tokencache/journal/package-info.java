/**
 * The journal: logins and logouts survive a Redis outage. Writes that Redis cannot accept are saved durably, answered from
 * the journal, and replayed. The entry type is {@link dev.tokencache.journal.JournaledTokenStore}.
 *
 * <p>A {@link dev.tokencache.journal.Journal} is a state, not a history: at most one record and one expiry per token, and
 * one not-before time per subject. Expiries and not-before times only grow, and take precedence over records in whatever
 * order they were written. Replaying an entry twice, late, or from two services at a time is therefore safe.
 */
@NullMarked
package dev.tokencache.journal;

import org.jspecify.annotations.NullMarked;
