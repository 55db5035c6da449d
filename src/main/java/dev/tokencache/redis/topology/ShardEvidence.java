package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterEvents.Distrust;
import dev.tokencache.redis.topology.MasterFailures.Failure;
import dev.tokencache.redis.topology.ReplicaChoice.Refused;
import dev.tokencache.redis.topology.ReplicaChoice.Trusted;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a silent master and its replicas, to decide whether a replica can lack an acknowledged write. Pure.
 *
 * @param master the last reply of the master
 * @param known all replicas that the master had then or has now: each may have acknowledged a write that the others lack
 * @param replicas the recent replies of those replicas that follow the same replication stream
 * @param failure what the other masters report of the master
 */
record ShardEvidence(Observation master, Set<Endpoint> known, Map<Endpoint, Observation> replicas, Failure failure) {

    /** How much older than a failure the master's last reply may be. What was acknowledged between them is not proven. */
    static final Duration MAX_GAP = Duration.ofSeconds(1);

    /** What a node reported of its replication; the offset covers all that was acknowledged before it was queried. */
    record Observation(long sentNanos, ReplicationInfo info) {

        Observation named(String history) {
            return new Observation(sentNanos, info.named(history));
        }
    }

    /**
     * Chooses the replica with the highest offset. It must have everything that the master had at its last reply, and
     * either that reply is recent ({@code isCurrent}), or the master has stopped and no other replica has more.
     */
    ReplicaChoice choose(boolean isCurrent) {
        Map.Entry<Endpoint, Observation> freshest = freshest();
        if (freshest == null) {
            return new Refused(Distrust.REPLICA_UNKNOWN);
        }
        if (freshest.getValue().info().offset() < master.info().offset()) {
            return new Refused(Distrust.REPLICA_BEHIND);
        }
        if (!isCurrent && !hasStopped()) {
            return new Refused(Distrust.MASTER_NOT_FAILED);
        }
        if (!isCurrent && !replicas.keySet().containsAll(known)) {
            return new Refused(Distrust.REPLICA_UNKNOWN);
        }
        return new Trusted(freshest.getKey(), freshest.getValue().sentNanos());
    }

    private Map.@Nullable Entry<Endpoint, Observation> freshest() {
        Map.Entry<Endpoint, Observation> freshest = null;
        for (Map.Entry<Endpoint, Observation> replica : replicas.entrySet()) {
            if (freshest == null
                    || replica.getValue().info().offset()
                            > freshest.getValue().info().offset()) {
                freshest = replica;
            }
        }
        return freshest;
    }

    /**
     * Whether the master acknowledges nothing any more, and the offsets of its replicas are final. A master that others are
     * merely disconnected from must also have lost its replicas, and right after its last reply: this service may have been
     * cut off from it before.
     */
    private boolean hasStopped() {
        Collection<Observation> all = replicas.values();
        return switch (failure.state()) {
            case WORKING -> false;
            case DISCONNECTED ->
                failure.sinceNanos() - master.sentNanos() <= MAX_GAP.toNanos()
                        && all.stream().noneMatch(replica -> replica.info().isLinkUp());
            case FAILED ->
                all.stream()
                        .allMatch(replica ->
                                !replica.info().isLinkUp() || replica.sentNanos() - failure.sinceNanos() >= 0);
        };
    }
}
