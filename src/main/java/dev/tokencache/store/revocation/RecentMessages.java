package dev.tokencache.store.revocation;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;

/** Recognizes repeated messages: with the cluster bus, each arrives once per master. Not thread-safe. */
final class RecentMessages {

    private static final int MAX_MESSAGES = 1024;

    private final Set<String> known = new HashSet<>();
    private final Queue<String> byAge = new ArrayDeque<>();

    /** Whether the message is not among the last {@value #MAX_MESSAGES}. Remembers it. */
    boolean isFirst(String message) {
        if (!known.add(message)) {
            return false;
        }
        byAge.add(message);
        if (byAge.size() > MAX_MESSAGES) {
            known.remove(byAge.remove());
        }
        return true;
    }
}
