package dev.tokencache.operator.doctor;

import java.util.List;

/** Decides from facts alone, so each check is tested without servers. */
public interface Check {

    /** The code, {@code TC101} and so on. */
    String code();

    /** What is wrong or unknown; empty if all is well. */
    List<Finding> examine(ClusterFacts facts);
}
