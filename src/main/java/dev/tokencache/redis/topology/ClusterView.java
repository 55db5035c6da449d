package dev.tokencache.redis.topology;

import dev.tokencache.redis.AddressMap;
import io.vertx.redis.client.Response;
import java.util.List;

/**
 * The cluster as one of its nodes saw it.
 *
 * @param isOk whether the node says {@code cluster_state:ok}
 * @param epoch its {@code cluster_current_epoch}; a node that lags behind has an older one
 * @param ranges the slots and their nodes
 */
public record ClusterView(boolean isOk, long epoch, List<SlotRange> ranges) {

    /**
     * Reads the replies of {@code CLUSTER INFO} and {@code CLUSTER SLOTS}.
     *
     * @param askedHost the host that answered
     * @throws IllegalArgumentException if the replies are none of those
     */
    static ClusterView parse(Response info, Response slots, String askedHost) {
        boolean isOk = false;
        long epoch = 0;
        for (String line : info.toString().lines().toList()) {
            if (line.equals("cluster_state:ok")) {
                isOk = true;
            } else if (line.startsWith("cluster_current_epoch:")) {
                epoch = Long.parseLong(line.substring(line.indexOf(':') + 1).trim());
            }
        }
        return new ClusterView(isOk, epoch, ClusterSlots.parse(slots, askedHost));
    }

    /** The same, with every node where this map says that it is reached. */
    public ClusterView mapped(AddressMap addresses) {
        return new ClusterView(
                isOk,
                epoch,
                ranges.stream().map(range -> range.mapped(addresses)).toList());
    }

    /** Whether this view is to be believed rather than another that was taken at the same time. */
    boolean isNewerThan(ClusterView other) {
        if (epoch != other.epoch) {
            return epoch > other.epoch;
        }
        return covered() > other.covered();
    }

    private int covered() {
        return ranges.stream()
                .mapToInt(range -> range.last() - range.first() + 1)
                .sum();
    }
}
