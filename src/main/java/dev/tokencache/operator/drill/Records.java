package dev.tokencache.operator.drill;

import java.util.Optional;

/**
 * The lease of the running drill, and the reports of the last ones, in the cluster. All calls are idempotent. Throws {@link
 * Nodes.Failure} if the cluster does not answer.
 */
public interface Records {

    /** Takes the lease, or extends it; if another drill has it, returns what that says of itself. */
    Optional<String> acquire(String id, String status);

    void release(String id);

    /** Stores a report for a year, and removes all but the last ones. */
    void store(String id, String report);
}
