package dev.tokencache.migration;

import java.util.List;

/**
 * Whether the next guarded step may be made.
 *
 * @param reasons why not, in words for an operator; empty if it may
 */
public record AdvanceCheck(List<String> reasons) {

    public AdvanceCheck {
        reasons = List.copyOf(reasons);
    }

    public boolean isOk() {
        return reasons.isEmpty();
    }
}
