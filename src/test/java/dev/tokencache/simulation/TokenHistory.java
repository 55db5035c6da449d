package dev.tokencache.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * The calls on one token, and whether they are linearizable: whether each can have taken effect at one moment between its
 * start and its end, so that the token is active up to some moment, and inactive ever after.
 *
 * <p>A token changes once, from active to inactive, and an expiry makes the change. So a history is linearizable if and only if
 * there is a moment for the change that is not before the start of a call that saw the token active, not before the start of
 * every expiry, and not after the end of a call that saw it inactive or of an expiry with a result. This is exact: with such a
 * moment, the first started expiry takes effect then, each call that saw the token active takes effect at its start, and each
 * other one at that moment or, if it starts later, at its start. Without one, some call contradicts another. A search over all
 * orders, as for objects with more states, is not needed.
 */
final class TokenHistory {

    /** The end of a call without a known result: it may take effect at any later moment, or never. */
    static final long OPEN = Long.MAX_VALUE;

    enum Kind {
        SAW_ACTIVE,
        SAW_INACTIVE,
        EXPIRY
    }

    /** A call and its result; times are of one clock. A validation with an unknown verdict belongs to no history. */
    record Call(Kind kind, long startedAt, long endedAt) {}

    private final List<Call> calls = new ArrayList<>();

    void add(Kind kind, long startedAt, long endedAt) {
        calls.add(new Call(kind, startedAt, endedAt));
    }

    List<Call> calls() {
        return List.copyOf(calls);
    }

    static boolean isLinearizable(List<Call> calls) {
        long firstExpiry = OPEN;
        long latestActive = Long.MIN_VALUE;
        long earliestEnd = OPEN;
        for (Call call : calls) {
            switch (call.kind) {
                case SAW_ACTIVE -> latestActive = Math.max(latestActive, call.startedAt);
                case SAW_INACTIVE -> earliestEnd = Math.min(earliestEnd, call.endedAt);
                case EXPIRY -> {
                    firstExpiry = Math.min(firstExpiry, call.startedAt);
                    earliestEnd = Math.min(earliestEnd, call.endedAt);
                }
            }
        }
        return earliestEnd == OPEN || (firstExpiry <= earliestEnd && latestActive <= earliestEnd);
    }
}
