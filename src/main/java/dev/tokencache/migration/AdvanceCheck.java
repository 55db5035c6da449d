package dev.tokencache.migration;

import java.util.List;

/**
 * The result of checking the evidence for a guarded step.
 *
 * @param reasons why the step is refused, for an operator; empty if it is allowed
 */
public record AdvanceCheck(List<String> reasons) {

    public AdvanceCheck {
        reasons = List.copyOf(reasons);
    }

    public boolean isOk() {
        return reasons.isEmpty();
    }
}
