package dev.tokencache.operator.doctor;

import java.util.List;
import java.util.function.Function;

/**
 * Decides from facts alone, so each check is tested without servers.
 *
 * @param code {@code TC101} and so on
 * @param body returns what is wrong or unknown; nothing if all is well
 */
public record Check(String code, Function<ClusterFacts, List<Finding>> body) {

    public List<Finding> examine(ClusterFacts facts) {
        return body.apply(facts);
    }
}
