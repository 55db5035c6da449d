package dev.tokencache.redis.topology;

import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The replication state of a node, from its {@code INFO replication}. Pure.
 *
 * @param isLinkUp for a replica: whether the replication link to its master is up
 * @param isSyncing for a replica: whether a full synchronization is in progress
 * @param offset how much of the replication stream a master has produced, or a replica has applied; -1 if it is missing
 * @param history identifies the stream that the offset belongs to ({@code master_replid}); empty before Redis 4.0
 */
record ReplicationInfo(
        boolean isReplica, boolean isMaster, boolean isLinkUp, boolean isSyncing, long offset, String history) {

    /** Parses the reply of {@code INFO replication}. A missing field counts as its worst value. */
    static ReplicationInfo parse(String info) {
        Map<String, String> fields = info.lines()
                .map(line -> line.split(":", 2))
                .filter(field -> field.length == 2)
                .collect(Collectors.toMap(field -> field[0], field -> field[1].trim(), (first, second) -> first));
        boolean isMaster = "master".equals(fields.get("role"));
        return new ReplicationInfo(
                "slave".equals(fields.get("role")),
                isMaster,
                "up".equals(fields.get("master_link_status")),
                !"0".equals(fields.get("master_sync_in_progress")),
                number(fields.get(isMaster ? "master_repl_offset" : "slave_repl_offset")),
                fields.getOrDefault("master_replid", ""));
    }

    private static long number(@Nullable String text) {
        try {
            return text == null ? -1 : Long.parseLong(text);
        } catch (NumberFormatException malformed) {
            return -1;
        }
    }

    /** Whether the node names its stream. Redis before 4.0 does not. */
    boolean isNamed() {
        return !history.isEmpty();
    }

    ReplicationInfo named(String name) {
        return new ReplicationInfo(isReplica, isMaster, isLinkUp, isSyncing, offset, name);
    }

    /** Whether the offsets of two nodes can be compared. */
    boolean isSameStream(ReplicationInfo other) {
        return history.equals(other.history);
    }

    /** Whether this is a replica with all data of some moment: it has an offset, and is not just being filled. */
    boolean isComplete() {
        return isReplica && !isSyncing && offset >= 0;
    }
}
