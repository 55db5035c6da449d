package dev.tokencache.operator.drill;

import dev.tokencache.operator.drill.ClusterState.Node;

/** A program of the operator's that does what Redis commands cannot: kill or start a process, or change a file. */
@FunctionalInterface
public interface Hook {

    /**
     * Runs it and waits for its end. Throws {@link IllegalStateException} if it fails.
     *
     * @param action {@code kill}, {@code restart}, {@code restore} or {@code password}
     */
    void run(String action, Node node);
}
