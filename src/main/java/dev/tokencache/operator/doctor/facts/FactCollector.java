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
import java.util.ArrayList;
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
                    new NodeReader.Run(vertx, clients, new Passwords(), keyPrefix, connector.isTls(), TIMEOUT, clock);
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
        for (NodeFacts facts : facts()) {
            facts.view().orElse(List.of()).forEach(line -> reachable(line).ifPresent(named::add));
        }
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
        List<NodeFacts> all = facts();
        List<NodeFacts> kept = new ArrayList<>();
        for (NodeFacts facts : all) {
            Optional<NodeLine> own = own(facts);
            Optional<Endpoint> announced = own.flatMap(this::reachable).filter(at -> !at.equals(facts.address()));
            boolean isAlias = announced.isPresent()
                    && all.stream()
                            .anyMatch(other -> other.address().equals(announced.get())
                                    && own(other).map(NodeLine::id).equals(own.map(NodeLine::id)));
            if (!isAlias) {
                kept.add(facts);
            }
        }
        return kept;
    }

    private static Optional<NodeLine> own(NodeFacts facts) {
        return facts.view().orElse(List.of()).stream()
                .filter(line -> line.flags().contains("myself"))
                .findFirst();
    }
}
