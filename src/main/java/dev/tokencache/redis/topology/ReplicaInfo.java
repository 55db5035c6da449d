package dev.tokencache.redis.topology;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How far a replica is behind its master, from its {@code INFO replication}. Pure.
 *
 * @param isReplica whether it is one at all
 * @param isMaster whether it has become a master meanwhile
 * @param isLinkUp whether it hears its master
 * @param isSyncing whether it is just being filled anew
 * @param silentSeconds since when it has heard nothing of its master
 */
record ReplicaInfo(boolean isReplica, boolean isMaster, boolean isLinkUp, boolean isSyncing, long silentSeconds) {

    /**
     * A master that has nothing to write pings its replicas every ten seconds ({@code repl-ping-replica-period}): the default
     * of the greatest lag. So many more are no lag yet.
     */
    private static final long PING_SECONDS = 2;

    /** Reads the answer of {@code INFO replication}; what is missing counts as the worst. */
    static ReplicaInfo parse(String info) {
        Map<String, String> fields = info.lines()
                .map(line -> line.split(":", 2))
                .filter(field -> field.length == 2)
                .collect(Collectors.toMap(field -> field[0], field -> field[1].trim(), (first, second) -> first));
        boolean isLinkUp = "up".equals(fields.get("master_link_status"));
        String silent =
                fields.getOrDefault(isLinkUp ? "master_last_io_seconds_ago" : "master_link_down_since_seconds", "");
        return new ReplicaInfo(
                "slave".equals(fields.get("role")),
                "master".equals(fields.get("role")),
                isLinkUp,
                !"0".equals(fields.get("master_sync_in_progress")),
                seconds(silent));
    }

    private static long seconds(String text) {
        try {
            long seconds = Long.parseLong(text);
            // Redis says -1 where it never heard its master.
            return seconds < 0 ? Long.MAX_VALUE : seconds;
        } catch (NumberFormatException missing) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Whether its records can be told from.
     *
     * @param wasUsable whether they could be at the last look; a replica that lost its master before it ever had all of
     *     the data must not be asked
     */
    boolean isUsable(boolean wasUsable, Duration maxLag) {
        if (isMaster) {
            // Promoted a moment ago: nobody knows better, and the slot map will say so soon.
            return wasUsable;
        }
        long most = maxLag.toSeconds() + (isLinkUp ? PING_SECONDS : 0);
        return isReplica && !isSyncing && (isLinkUp || wasUsable) && silentSeconds <= most;
    }
}
