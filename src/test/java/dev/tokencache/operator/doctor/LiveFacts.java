package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.facts.FactCollector;
import dev.tokencache.operator.nodes.NodeLogin;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.testing.cluster.TestCluster;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The findings of {@code doctor} about a real cluster, for a service that has no faults of its own. */
record LiveFacts(Vertx vertx, TestCluster cluster) {

    List<Finding> examine(String password, String user) {
        ServiceFacts service = new ServiceFacts("tc:", user, 50, 80, 1, List.of(), null, Instant.now());
        ClusterFacts facts = new ClusterFacts(Instant.now(), read(password), Reading.of(service));
        return Checks.all().stream()
                .flatMap(check -> check.examine(facts).stream())
                .toList();
    }

    private List<NodeFacts> read(String password) {
        List<Endpoint> seeds = cluster.nodes().stream()
                .map(node -> new Endpoint("127.0.0.1", node.port()))
                .toList();
        var connector = new NodeLogin("", password, false, null).connector(seeds, Duration.ofSeconds(2));
        return new FactCollector(vertx, connector, "tc:", Clock.systemUTC(), (done, known) -> {})
                .collect(seeds)
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }
}
