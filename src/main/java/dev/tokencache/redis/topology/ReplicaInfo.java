package dev.tokencache.redis.topology;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The replication state of a node, from its {@code INFO replication}: how far a replica is behind its master. Pure.
 *
 * @param isReplica whether the node is a replica
 * @param isMaster whether the node is a master, for a replica that was promoted
 * @param isLinkUp whether the replication link to its master is up
 * @param isSyncing whether a full synchronization is in progress
 * @param silentSeconds for how long it has received nothing from its master
 */
record ReplicaInfo(boolean isReplica, boolean isMaster, boolean isLinkUp, boolean isSyncing, long silentSeconds) {

    /**
     * Tolerance added to the maximum lag while the link is up. An idle master pings its replicas every ten seconds
     * ({@code repl-ping-replica-period}), which is also the default maximum lag.
     */
    private static final long PING_SECONDS = 2;

    /** Parses the reply of {@code INFO replication}. A missing field counts as its worst value. */
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
            // Redis reports -1 if the replica has never heard from its master.
            return seconds < 0 ? Long.MAX_VALUE : seconds;
        } catch (NumberFormatException missing) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Whether the node may serve reads for its master.
     *
     * @param wasUsable the result of the previous check: a replica that lost its master before it had all data is not usable
     */
    boolean isUsable(boolean wasUsable, Duration maxLag) {
        if (isMaster) {
            // Just promoted, so its data is the current data. The next slot map will name it as master.
            return wasUsable;
        }
        long maxSilentSeconds = maxLag.toSeconds() + (isLinkUp ? PING_SECONDS : 0);
        return isReplica && !isSyncing && (isLinkUp || wasUsable) && silentSeconds <= maxSilentSeconds;
    }
}
