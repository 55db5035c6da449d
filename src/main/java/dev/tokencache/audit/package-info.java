/**
 * Who did what to which token: one line of the log category {@value dev.tokencache.audit.AuditLog#CATEGORY} for each.
 *
 * <p>Start reading at {@link dev.tokencache.audit.AuditLog}. The promise: a line names callers, token ids and hashes of
 * subjects, and never holds a token, a subject or a claim.
 */
@NullMarked
package dev.tokencache.audit;

import org.jspecify.annotations.NullMarked;
