package dev.tokencache.operator.drill;

import java.util.Optional;

/**
 * The lease of the running drill, and the reports of the last ones, in the cluster. All calls are idempotent. Throws {@link
 * Nodes.Failure} if the cluster does not answer.
 */
public interface Records {

    /** Takes the lease, or extends it; if another drill has it, returns the state of that. */
    Optional<String> acquire(String id, String state);

    /** The caller who asked for the end of this drill, if any. */
    Optional<String> abortedBy(String id);

    void release(String id);

    /** Stores a report for a year, and removes all but the last ones. */
    void store(String id, String report);
}
