package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.facts.FactCollector;
import dev.tokencache.operator.nodes.NodeLogin;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.testing.cluster.TestCluster;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The findings of {@code doctor} about a real cluster, for a service that has no faults of its own.
 *
 * @param login an ACL user; empty for none
 * @param authority the issuer of the nodes' certificate; null without TLS
 */
record LiveFacts(
        Vertx vertx,
        TestCluster cluster,
        String login,
        @Nullable Path authority) {

    LiveFacts(Vertx vertx, TestCluster cluster) {
        this(vertx, cluster, "", null);
    }

    /** @param user of the service */
    List<Finding> examine(String password, String user) {
        ServiceFacts service =
                new ServiceFacts("tc:", user, 50, 80, 1, Reading.of(List.of()), null, Reading.of(Instant.now()));
        ClusterFacts facts = new ClusterFacts(Instant.now(), read(password), Reading.of(service));
        return Checks.all().stream()
                .flatMap(check -> check.examine(facts).stream())
                .toList();
    }

    private List<NodeFacts> read(String password) {
        List<Endpoint> seeds = cluster.nodes().stream()
                .map(node -> new Endpoint("127.0.0.1", node.port()))
                .toList();
        var connector =
                new NodeLogin(login, password, authority != null, authority).connector(seeds, Duration.ofSeconds(2));
        return new FactCollector(vertx, connector, "tc:", Clock.systemUTC(), (done, known) -> {})
                .collect(seeds)
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }
}
