package dev.tokencache.redis.topology;

import dev.tokencache.redis.AddressMap;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterConfig;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.connection.EventLoopConnections;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the slot map: reads it about each second, more often while a master is away, and at once on every sign that
 * it is old.
 *
 * <p>Each time two random nodes are asked side by side, so that a hung one costs nothing. The configured seeds always
 * stay among those who may be asked. {@link #slots}, {@link #moved} and {@link #refreshSoon} may be called from any
 * thread; the reading itself happens on one event loop.
 */
public final class Topology {

    private static final int ASKED_AT_ONCE = 2;
    /** So many views that are older than the map are passed over in a row. */
    private static final int OLDER_VIEWS = 3;

    /** The least time between two readings, however many signs there are. */
    private static final long MIN_GAP_MILLIS = 50;

    /** How often to read while a master is away: its calls wait for the map that names another. */
    private static final long PROMOTION_MILLIS = 250;

    private final Vertx vertx;
    private final Context context;
    private final List<Endpoint> seeds;
    private final AddressMap addresses;
    private final ClusterViewQuery question;
    private final RouterConfig config;
    private final RouterEvents events;
    private final ReplicaMonitor replicas;
    private final ShardBreakers breakers;
    private final Runnable onChange;
    private final AtomicBoolean refreshPending = new AtomicBoolean();
    // Written under this object's lock, read without.
    private volatile SlotMap slots = SlotMap.EMPTY;
    private volatile boolean clusterOk;
    private volatile long lastContactNanos = System.nanoTime();
    private volatile boolean standalone;
    private volatile boolean closed;
    private volatile @Nullable EventLoopConnections loop;
    /** The epoch of the view that the map was made of. */
    private long epoch;

    private int olderViews;

    /**
     * @param context the event loop on which the cluster is asked
     * @param connector says where to start, and how nodes are reached
     * @param onChange told on that loop whenever the map has changed
     */
    public Topology(
            Vertx vertx,
            Context context,
            RedisConnector connector,
            RouterConfig config,
            RouterEvents events,
            ReplicaMonitor replicas,
            ShardBreakers breakers,
            Runnable onChange) {
        this.vertx = vertx;
        this.context = context;
        this.seeds = connector.seeds();
        this.addresses = connector.addresses();
        this.question = new ClusterViewQuery(vertx, addresses, connector.naming());
        this.config = config;
        this.events = events;
        this.replicas = replicas;
        this.breakers = breakers;
        this.onChange = onChange;
    }

    /** The present map. */
    public SlotMap slots() {
        return slots;
    }

    /** Where the nodes are reached that the cluster names. */
    public AddressMap addresses() {
        return addresses;
    }

    /** Whether the node that was asked last said {@code cluster_state:ok}. */
    public boolean isClusterOk() {
        return clusterOk;
    }

    /** Whether no node has answered for longer than a call may take: then waiting for a master would not help. */
    public boolean isHopeless() {
        return !standalone
                && System.nanoTime() - lastContactNanos > config.timeout().toNanos();
    }

    /** Starts to read the map with the pipes of a loop, which is that of {@link #context}. */
    public void start(EventLoopConnections pipes) {
        loop = pipes;
        pipes.hold(everyNode(), Set.of());
        scheduleNext();
        refresh();
    }

    /** Takes a single server that is no cluster for all slots. */
    public void startStandalone() {
        standalone = true;
        clusterOk = true;
        replace(SlotMap.standalone(seeds.get(0)));
    }

    public void close() {
        closed = true;
    }

    private void scheduleNext() {
        long period = periodMillis();
        // Jitter, so that many replicas of this service do not ask in step.
        long next = period - period / 8 + ThreadLocalRandom.current().nextLong(Math.max(1, period / 4));
        vertx.setTimer(next, fired -> {
            if (!closed) {
                // First of all the next time, so that nothing that happens now can end the reading for good.
                scheduleNext();
                refresh();
            }
        });
    }

    private long periodMillis() {
        if (slots == SlotMap.EMPTY) {
            // Right after the start there may be calls waiting for the first map.
            return 2 * MIN_GAP_MILLIS;
        }
        long usual = config.refreshInterval().toMillis();
        return isAMasterAway() ? Math.min(usual, PROMOTION_MILLIS) : usual;
    }

    private boolean isAMasterAway() {
        EventLoopConnections pipes = loop;
        return pipes != null && !slots.shards().keySet().stream().allMatch(pipes::isUp);
    }

    /** Takes note of a {@code MOVED}, at once for that slot and soon for all others. */
    public void moved(int slot, Endpoint master) {
        synchronized (this) {
            slots = slots.moved(slot, master);
        }
        refreshSoon();
    }

    private void replace(SlotMap map) {
        synchronized (this) {
            slots = map;
        }
        breakers.retain(map.shards().keySet());
        onChange.run();
    }

    /** Reads the map soon; many calls make one reading. */
    public void refreshSoon() {
        if (loop != null && !closed && refreshPending.compareAndSet(false, true)) {
            context.runOnContext(here -> vertx.setTimer(MIN_GAP_MILLIS, fired -> {
                refreshPending.set(false);
                refresh();
            }));
        }
    }

    private void refresh() {
        EventLoopConnections pipes = loop;
        if (pipes == null) {
            return;
        }
        List<Future<@Nullable ClusterView>> asked =
                candidates(pipes).stream().map(pipes::pipe).map(question::ask).toList();
        Future.join(asked).onComplete(done -> {
            @Nullable ClusterView best = null;
            for (Future<@Nullable ClusterView> answer : asked) {
                ClusterView view = answer.result();
                if (view != null && (best == null || view.isNewerThan(best))) {
                    best = view;
                }
            }
            accept(best);
        });
    }

    /** Two nodes to ask: those with a connection first, and more of them while none has. */
    private List<Endpoint> candidates(EventLoopConnections pipes) {
        List<Endpoint> shuffled = new ArrayList<>(everyNode());
        Collections.shuffle(shuffled, ThreadLocalRandom.current());
        List<Endpoint> ready =
                shuffled.stream().filter(pipes::isUp).limit(ASKED_AT_ONCE).toList();
        return ready.isEmpty() ? shuffled : ready;
    }

    private void accept(@Nullable ClusterView view) {
        if (view == null) {
            clusterOk = false;
            events.refreshFailed();
            return;
        }
        events.refreshed();
        lastContactNanos = System.nanoTime();
        if (view.epoch() < epoch && ++olderViews <= OLDER_VIEWS) {
            // A node that lags behind, or was cut off. Several in a row mean that the cluster was made anew.
            return;
        }
        olderViews = 0;
        epoch = view.epoch();
        if (view.isOk() && !clusterOk) {
            breakers.recovered();
        }
        clusterOk = view.isOk();
        if (!slots.isOf(view.ranges())) {
            replace(SlotMap.of(view.ranges()));
        }
        EventLoopConnections pipes = loop;
        if (pipes != null) {
            replicas.look(pipes, slots.shards(), this::refreshSoon);
        }
    }

    /** A replica that may stand in for the master of a slot, or null if there is none. */
    public @Nullable Endpoint readReplica(int slot) {
        for (Endpoint replica : slots.replicas(slot)) {
            if (replicas.isUsable(replica)) {
                return replica;
            }
        }
        return null;
    }

    /** How many replicas may stand in for their masters. */
    public int readReplicas() {
        return (int) replicas().stream().filter(replicas::isUsable).count();
    }

    /** The nodes that a loop is to hold connections to: the masters, and all nodes for the loop that asks them. */
    public Set<Endpoint> nodesFor(EventLoopConnections router) {
        return router == loop ? everyNode() : Set.copyOf(slots.shards().keySet());
    }

    /** All replicas that are known. */
    public Set<Endpoint> replicas() {
        Set<Endpoint> all = new HashSet<>();
        slots.shards().values().forEach(all::addAll);
        return all;
    }

    private Set<Endpoint> everyNode() {
        Set<Endpoint> nodes = new HashSet<>(seeds);
        slots.shards().forEach((master, replicas) -> {
            nodes.add(master);
            nodes.addAll(replicas);
        });
        return nodes;
    }
}
