package dev.tokencache.operator.doctor.facts;

import dev.tokencache.operator.doctor.NodeFacts;
import dev.tokencache.operator.doctor.NodeFacts.NodeLine;
import dev.tokencache.operator.nodes.NodeClients;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Finds all nodes of a cluster and reads their facts in parallel. A node that hangs costs a few timeouts, and has unknown
 * readings. Used once.
 */
public final class FactCollector {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** The first round reads the seeds, the second the nodes that they name. The others find nodes that only some name. */
    private static final int ROUNDS = 4;

    private final Vertx vertx;
    private final RedisConnector connector;
    private final String keyPrefix;
    private final Clock clock;
    private final BiConsumer<Integer, Integer> progress;
    private final Map<Endpoint, Future<NodeFacts>> reads = new LinkedHashMap<>();
    private int done;

    /** @param progress receives the number of nodes read, and of those known */
    public FactCollector(
            Vertx vertx,
            RedisConnector connector,
            String keyPrefix,
            Clock clock,
            BiConsumer<Integer, Integer> progress) {
        this.vertx = vertx;
        this.connector = connector;
        this.keyPrefix = keyPrefix;
        this.clock = clock;
        this.progress = progress;
    }

    /** The facts of every node. The future always succeeds. */
    public Future<List<NodeFacts>> collect(Collection<Endpoint> seeds) {
        Promise<List<NodeFacts>> promise = Promise.promise();
        vertx.getOrCreateContext().runOnContext(loop -> {
            NodeClients clients = new NodeClients(vertx, connector, TIMEOUT);
            NodeReader.Run run =
                    new NodeReader.Run(vertx, clients, new Passwords(), keyPrefix, connector, TIMEOUT, clock);
            round(run, new LinkedHashSet<>(seeds), ROUNDS)
                    .map(read -> withoutAliases())
                    .onComplete(closed -> clients.close())
                    .onComplete(promise);
        });
        return promise.future();
    }

    private Future<Void> round(NodeReader.Run run, Set<Endpoint> unread, int left) {
        unread.forEach(node -> reads.put(
                node, new NodeReader(run, node).read().onComplete(read -> progress.accept(++done, reads.size()))));
        return Future.join(List.copyOf(reads.values())).mapEmpty().compose(read -> {
            Set<Endpoint> named = named();
            return named.isEmpty() || left == 1 ? Future.succeededFuture() : round(run, named, left - 1);
        });
    }

    private List<NodeFacts> facts() {
        return reads.values().stream().map(Future::result).toList();
    }

    private Set<Endpoint> named() {
        Set<Endpoint> named = new LinkedHashSet<>();
        facts().forEach(facts -> view(facts).forEach(line -> reachable(line).ifPresent(named::add)));
        named.removeAll(reads.keySet());
        return named;
    }

    /** Where a node can be reached from here, if the cluster knows its address. */
    private Optional<Endpoint> reachable(NodeLine line) {
        boolean hasAddress = !line.host().isEmpty() && line.port() > 0;
        return hasAddress && !line.flags().contains("noaddr") && !line.flags().contains("handshake")
                ? Optional.of(connector.addresses().reachable(new Endpoint(line.host(), line.port())))
                : Optional.empty();
    }

    /** Leaves out the other names of a node, such as {@code localhost}, if it was read at its announced address. */
    private List<NodeFacts> withoutAliases() {
        Set<NodeFacts> kept = new LinkedHashSet<>(facts());
        kept.removeIf(facts -> own(facts)
                .flatMap(this::reachable)
                .filter(announced -> !announced.equals(facts.address()))
                .flatMap(announced -> Optional.ofNullable(reads.get(announced)))
                .filter(read ->
                        own(read.result()).map(NodeLine::id).equals(own(facts).map(NodeLine::id)))
                .isPresent());
        return List.copyOf(kept);
    }

    private static List<NodeLine> view(NodeFacts facts) {
        return facts.view().orElse(List.of());
    }

    private static Optional<NodeLine> own(NodeFacts facts) {
        return view(facts).stream()
                .filter(line -> line.flags().contains("myself"))
                .findFirst();
    }
}
