package dev.tokencache.store.redis;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.RouterState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The metrics of the router: {@code tokencache_router_*}. */
public final class RouterMetrics implements RouterEvents {

    private final MeterRegistry registry;
    private final Map<Event, Counter> counters = new EnumMap<>(Event.class);
    private final Map<Distrust, Counter> distrusted = new EnumMap<>(Distrust.class);
    private final MultiGauge nodes;
    /** The nodes and whether they are up, evaluated at each scrape. */
    private volatile Supplier<List<RouterState.Node>> present = List::of;

    public RouterMetrics(MeterRegistry registry) {
        this.registry = registry;
        count(Event.MOVED, "router.moved", "MOVED redirections followed");
        count(Event.ASKED, "router.ask", "ASK redirections followed");
        count(Event.REFRESHED, "router.refreshes", "Slot map refreshes");
        count(Event.REFRESH_FAILED, "router.refresh.failures", "Slot map refreshes that failed at every node");
        count(Event.DEADLINE_CLOSED, "router.deadline.closes", "Connections closed because a reply was overdue");
        count(Event.CONNECT_FAILED, "router.connect.failures", "Failed connection attempts");
        count(Event.FOREIGN_NODE, "router.foreign.nodes", "Connections refused: not a node of the known cluster");
        count(Event.SHED, "router.shed", "Calls rejected because too many were in flight");
        count(
                Event.UNDER_REPLICATED,
                "under.replicated.writes",
                "Acknowledged writes with fewer replicas than tokencache.redis.min-replicas");
        for (Distrust reason : Distrust.values()) {
            distrusted.put(
                    reason,
                    Counter.builder("tokencache.router.distrusted")
                            .description(
                                    "Calls that ended unknown because Redis' replies to this instance may be outdated")
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        this.nodes = MultiGauge.builder("tokencache.router.node.up")
                .description("1 while there is a connection to the node, else 0")
                .register(registry);
        Gauge.builder("tokencache.router.masters.without.replica", this, RouterMetrics::mastersWithoutReplica)
                .description("Masters without a reachable replica: their loss would lose tokens")
                .register(registry);
    }

    private double mastersWithoutReplica() {
        return RouterState.replicasPerMaster(present.get()).stream()
                .filter(count -> count == 0)
                .count();
    }

    private void count(Event event, String name, String description) {
        counters.put(
                event,
                Counter.builder("tokencache." + name).description(description).register(registry));
    }

    @Override
    public void happened(Event event) {
        Objects.requireNonNull(counters.get(event)).increment();
    }

    @Override
    public void nodesChanged(List<RouterState.Node> known, Predicate<Endpoint> isUp) {
        present = () -> known.stream().map(node -> node.now(isUp)).toList();
        nodes.register(known.stream().map(node -> row(node, isUp)).toList(), true);
    }

    private static Row<?> row(RouterState.Node node, Predicate<Endpoint> isUp) {
        Tags tags = Tags.of("node", node.endpoint().toString(), "role", node.isMaster() ? "master" : "replica");
        return Row.of(tags, node.endpoint(), endpoint -> isUp.test(endpoint) ? 1 : 0);
    }

    @Override
    public void distrusted(Distrust reason) {
        Objects.requireNonNull(distrusted.get(reason)).increment();
    }
}
