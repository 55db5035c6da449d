package dev.tokencache.health;

import java.util.List;

/** The state of Redis for the readiness probe, without addresses. */
@FunctionalInterface
public interface RedisHealth {

    Snapshot snapshot();

    /**
     * The last known state of Redis.
     *
     * @param isClusterOk whether the cluster reports {@code cluster_state:ok}
     * @param isSettled whether a connection to each known node was attempted; until then a replica only seems unreachable
     * @param slotsCovered how many slots have a master
     * @param replicasPerMaster the reachable replicas of each known master
     * @param replicas how many replicas are known
     * @param nodesUp how many nodes are connected
     * @param openBreakers how many masters have an open circuit breaker
     */
    record Snapshot(
            boolean isClusterOk,
            boolean isSettled,
            int slotsCovered,
            List<Integer> replicasPerMaster,
            long replicas,
            long nodesUp,
            int openBreakers) {

        public Snapshot {
            replicasPerMaster = List.copyOf(replicasPerMaster);
        }

        /** How many masters are known. */
        long masters() {
            return replicasPerMaster.size();
        }

        /** How many masters have no reachable replica: their loss would lose tokens. */
        long mastersWithoutReplica() {
            return replicasPerMaster.stream().filter(count -> count == 0).count();
        }

        /** Whether the cluster is ok and at least one node is connected. */
        boolean isServing() {
            return isClusterOk && nodesUp > 0;
        }
    }
}
