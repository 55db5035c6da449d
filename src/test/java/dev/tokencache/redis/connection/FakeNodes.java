package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RecordedEvents;
import dev.tokencache.redis.RouterConfig;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.VirtualTime;
import io.vertx.redis.client.RedisOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Redis nodes in memory, with everything that connections to them need. By default, the only seed is {@link #SEED}. */
public final class FakeNodes {

    public static final Endpoint SEED = new Endpoint("10.0.0.1", 7000);

    private final VirtualTime time = new VirtualTime();
    private final RecordedEvents events = new RecordedEvents(time);
    private final List<String> logged = new ArrayList<>();
    private final RouterConfig config;
    private final RedisConnector connector;
    private final Map<Endpoint, FakeNode> nodes = new HashMap<>();

    public FakeNodes(RouterConfig config) {
        this(config, List.of(SEED));
    }

    public FakeNodes(RouterConfig config, List<Endpoint> seeds) {
        this.config = config;
        this.connector = new RedisConnector(
                new RedisOptions()
                        .setEndpoints(
                                seeds.stream().map(seed -> "redis://" + seed).toList()),
                config,
                LogLabels.OWN,
                new Outages(LogLabels.OWN, (level, text) -> logged.add(level + " " + text)));
    }

    public FakeNodes() {
        this(RedisSettings.usual());
    }

    public FakeNode node(Endpoint endpoint) {
        return nodes.computeIfAbsent(endpoint, created -> new FakeNode());
    }

    public ConnectionContext context() {
        return context(NodeIdentity.ANY);
    }

    public ConnectionContext context(NodeIdentity identity) {
        return new ConnectionContext(time, endpoint -> node(endpoint).newLink(), connector, config, events, identity);
    }

    public VirtualTime time() {
        return time;
    }

    public RecordedEvents events() {
        return events;
    }

    /** The lines of log about outages, with their level. */
    public List<String> logged() {
        return List.copyOf(logged);
    }

    public RedisConnector connector() {
        return connector;
    }
}
