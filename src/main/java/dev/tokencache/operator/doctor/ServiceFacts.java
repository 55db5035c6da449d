package dev.tokencache.operator.doctor;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the running service knows.
 *
 * @param user of the service in Redis
 * @param connectionsPerNode that all instances together may open to a node
 * @param minReplicas {@code tokencache.redis.min-replicas}
 * @param instances by their heartbeats in the cluster
 * @param journal entries, age and trouble; null without a journal
 * @param lastDrill the epoch if the cluster stores no report of one
 */
public record ServiceFacts(
        String keyPrefix,
        String user,
        int maxPerSubject,
        int connectionsPerNode,
        int minReplicas,
        Reading<List<Instance>> instances,
        @Nullable Journal journal,
        Reading<Instant> lastDrill) {

    /** @param fingerprints by kind: {@code token-keys}, {@code seal-keys}, {@code journal}, {@code prefix} */
    public record Instance(String id, String version, long clockAheadMillis, Map<String, String> fingerprints) {}

    public record Journal(long entries, long oldestSeconds, double fullness, String trouble) {}
}
