/**
 * The audit log: one line in the category {@value dev.tokencache.audit.AuditLog#CATEGORY} for each action of a caller.
 *
 * <p>{@link dev.tokencache.audit.AuditLog} is the entry point. A line contains callers, token ids and hashes of subjects,
 * and never a token, a subject or a claim.
 */
@NullMarked
package dev.tokencache.audit;

import org.jspecify.annotations.NullMarked;
