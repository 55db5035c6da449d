package dev.tokencache.operator.drill;

import dev.tokencache.operator.drill.ClusterState.Node;
import dev.tokencache.redis.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a replica can take over from its master. Its own view is not enough: nodes before Redis 7.0 discard the pings of
 * some newer nodes. Such a replica sees a healthy cluster and is in sync, but the others list it as failed.
 */
final class Readiness {

    private static final Duration DEFAULT_NODE_TIMEOUT = Duration.ofSeconds(15);
    private static final int PONG = 5;

    private final DrillRun run;
    private final String replicaId;
    private final String masterId;
    private long steadySince = -1;
    private @Nullable Map<Endpoint, String> pongs;

    Readiness(DrillRun run, String replicaId, String masterId) {
        this.run = run;
        this.replicaId = replicaId;
        this.masterId = masterId;
    }

    /** Why the replica cannot take over; empty if it can. */
    Optional<String> obstacle() {
        ClusterState cluster = run.view();
        Node replica = run.nodeNow(run.member(cluster, replicaId));
        return replica.gap(run.nodeNow(run.member(cluster, masterId)))
                .or(() -> viewOf(replica))
                .or(() -> masters(cluster)
                        .map(master -> viewOf(master, replica))
                        .flatMap(Optional::stream)
                        .findFirst());
    }

    private Optional<String> viewOf(Node replica) {
        if (!run.send(replica, "CLUSTER", "INFO").contains("cluster_state:ok")) {
            return Optional.of("cluster_state is not ok on " + replica);
        }
        return ClusterState.view(run.nodes(), List.of(replica.address())).nodes().stream()
                .filter(other -> !other.line().isMyself()
                        && (other.isFailed() || other.line().isDisconnected()))
                .findFirst()
                .map(other -> replica + " has no connection to " + other);
    }

    private Optional<String> viewOf(Node master, Node replica) {
        Node seen = run.member(ClusterState.view(run.nodes(), List.of(master.address())), replicaId);
        if (seen.isFailed() || seen.line().isDisconnected()) {
            return Optional.of(master + " has no connection to " + replica);
        }
        return seen.line().masterId().equals(masterId)
                ? Optional.empty()
                : Optional.of(master + " does not list " + replica + " as a replica of its master");
    }

    private static Stream<Node> masters(ClusterState cluster) {
        return cluster.nodes().stream().filter(node -> node.isMaster() && !node.isFailed());
    }

    /** Waits until it could have taken over at any moment of twice the node timeout. */
    void awaitSteady() {
        Duration window = nodeTimeout().multipliedBy(2);
        run.say("waiting until the replica could have taken over at any moment of " + DrillPlan.seconds(window));
        run.await(
                "the replica to be able to take over", run.settings().patience().plus(window), () -> unsteady(window));
    }

    private Optional<String> unsteady(Duration window) {
        Optional<String> reason = obstacle();
        long now = run.pace.nanos();
        if (reason.isEmpty() && steadySince >= 0 && now - steadySince > window.toNanos()) {
            reason = silent();
            if (reason.isEmpty()) {
                return reason;
            }
        }
        if (reason.isPresent()) {
            steadySince = -1;
            return reason;
        }
        if (steadySince < 0) {
            steadySince = now;
            pongs = pongs();
        }
        return Optional.of("it must stay able to for " + DrillPlan.seconds(window));
    }

    /** A node that is no longer heard is listed as failed only after the node timeout. */
    private Optional<String> silent() {
        Map<Endpoint, String> before = pongs == null ? Map.of() : pongs;
        return pongs().entrySet().stream()
                .filter(now -> now.getValue().equals(before.get(now.getKey())))
                .findFirst()
                .map(now -> now.getKey() + " has no reply of the replica");
    }

    /** When each master last had a reply of the replica. */
    private Map<Endpoint, String> pongs() {
        return masters(run.view()).collect(Collectors.toMap(Node::address, node -> run.send(node, "CLUSTER", "NODES")
                .lines()
                .filter(line -> line.startsWith(replicaId))
                .map(line -> line.split(" ")[PONG])
                .findFirst()
                .orElse("")));
    }

    private Duration nodeTimeout() {
        try {
            Node replica = run.member(run.view(), replicaId);
            return Duration.ofMillis(Long.parseLong(run.nodes()
                    .list(replica.address(), "CONFIG", "GET", "cluster-node-timeout")
                    .get(1)));
        } catch (Nodes.Failure | IndexOutOfBoundsException refused) {
            return DEFAULT_NODE_TIMEOUT;
        }
    }
}
