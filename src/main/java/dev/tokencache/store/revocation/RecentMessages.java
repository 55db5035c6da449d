package dev.tokencache.store.revocation;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;

/** Tells a message from its repetitions, since each comes once per master. Belongs to one thread. */
final class RecentMessages {

    private static final int MOST = 1024;

    private final Set<String> known = new HashSet<>();
    private final Queue<String> byAge = new ArrayDeque<>();

    /** Whether the message was not among the last ones. */
    boolean isFirst(String message) {
        if (!known.add(message)) {
            return false;
        }
        byAge.add(message);
        if (byAge.size() > MOST) {
            known.remove(byAge.remove());
        }
        return true;
    }
}
