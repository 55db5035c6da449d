package dev.tokencache.redis.topology;

import dev.tokencache.redis.AddressMap;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.RouterEvents.Event;
import dev.tokencache.redis.ShardState;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.connection.EventLoopConnections;
import dev.tokencache.redis.connection.NodeIdentity;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Holds the slot map. Refreshes it about every second, more often while a master is unreachable, and right after each signal
 * that it is stale.
 *
 * <p>Each refresh queries two random nodes in parallel, so a hanging node does not delay it. The configured seeds always
 * remain candidates. {@link KnownCluster} decides which views count. {@link #slots}, {@link #moved} and {@link
 * #refreshSoon} are safe to call from any thread; refreshes run on one event loop.
 */
public final class Topology {

    static final Duration REFRESH_INTERVAL = Duration.ofSeconds(1);

    /** How often while a master is unreachable: its calls wait for the map that names its successor. */
    static final Duration PROMOTION_INTERVAL = Duration.ofMillis(250);

    /** How often until the first map is read: calls may be waiting for it. */
    static final Duration DISCOVERY_INTERVAL = Duration.ofMillis(100);

    /** The delay from the first signal of a stale map to the refresh; later signals join it. */
    static final Duration SIGNAL_DELAY = Duration.ofMillis(50);

    private static final int QUERIED_NODES = 2;

    private final Time time;
    private final Executor eventLoop;
    private final List<Endpoint> seeds;
    private final AddressMap addresses;
    private final ClusterViewQuery query;
    private final KnownCluster cluster;
    private final SeedMajority seedMajority;
    private final Duration callTimeout;
    private final RouterEvents events;
    private final MajorityContact contact;
    private final ReplicaMonitor replicas;
    private final ShardBreakers breakers;
    private final Runnable onChange;
    private final AtomicBoolean isRefreshPending = new AtomicBoolean();
    // Written while holding this object's lock, read without.
    private volatile SlotMap slots = SlotMap.EMPTY;
    private volatile boolean isClusterOk;
    private volatile long lastContactNanos;
    private volatile boolean isStandalone;
    private volatile boolean isClosed;
    private volatile @Nullable EventLoopConnections connections;
    /**
     * @param eventLoop runs a task on the event loop of the connections that {@link #start} receives
     * @param callTimeout without contact to any node for longer than this, waiting for a master is hopeless
     * @param onChange called on the event loop each time the map has changed
     */
    public Topology(
            Time time,
            Executor eventLoop,
            RedisConnector connector,
            Duration callTimeout,
            Duration maxReplicaLag,
            RouterEvents events,
            ShardBreakers breakers,
            Runnable onChange) {
        this.time = time;
        this.eventLoop = eventLoop;
        this.seeds = connector.seeds();
        this.addresses = connector.addresses();
        this.cluster = new KnownCluster(time);
        this.seedMajority = new SeedMajority(time, seeds);
        this.query = new ClusterViewQuery(time, connector);
        this.callTimeout = callTimeout;
        this.events = events;
        this.contact = new MajorityContact(time, connector.labels().node() + "s", this::refreshSoon);
        this.replicas = new ReplicaMonitor(time, maxReplicaLag, contact);
        this.breakers = breakers;
        this.onChange = onChange;
        this.lastContactNanos = time.nanoTime();
    }

    public SlotMap slots() {
        return slots;
    }

    public AddressMap addresses() {
        return addresses;
    }

    public NodeIdentity identity() {
        return cluster;
    }

    /** Whether the node queried last reported {@code cluster_state:ok}. */
    public boolean isClusterOk() {
        return isClusterOk;
    }

    /** Whether no node has replied for longer than a call may take, so that waiting for a new master is useless. */
    public boolean isHopeless() {
        return !isStandalone && time.nanoTime() - lastContactNanos > callTimeout.toNanos();
    }

    /** Starts to refresh the map with these connections. Must be called on their event loop. */
    public void start(EventLoopConnections used) {
        connections = used;
        // The start of a service on a busy machine may take longer than a call.
        lastContactNanos = time.nanoTime();
        used.retain(allNodes(), Set.of());
        scheduleRefresh();
        schedulePoll();
        refresh();
    }

    private void schedulePoll() {
        time.schedule(ReplicaMonitor.INTERVAL, () -> {
            if (!isClosed) {
                schedulePoll();
                poll();
            }
        });
    }

    private void poll() {
        EventLoopConnections current = connections;
        if (current != null) {
            replicas.check(current, slots, this::refreshSoon);
        }
    }

    /** Assigns all slots to the first seed, a standalone server. */
    public void startStandalone() {
        isStandalone = true;
        isClusterOk = true;
        replace(SlotMap.standalone(seeds.get(0)));
    }

    public void close() {
        isClosed = true;
    }

    private void scheduleRefresh() {
        time.schedule(jittered(interval()), () -> {
            if (!isClosed) {
                // Reschedule first, so that an exception in this refresh cannot end all refreshes.
                scheduleRefresh();
                refresh();
            }
        });
    }

    /** Adds jitter of ±1/8, so that many instances of this service do not refresh in step. */
    private Duration jittered(Duration interval) {
        long nanos = interval.toNanos();
        return Duration.ofNanos(nanos - nanos / 8 + time.random().nextLong(nanos / 4));
    }

    private Duration interval() {
        if (slots == SlotMap.EMPTY) {
            return DISCOVERY_INTERVAL;
        }
        return isAnyMasterDown() ? PROMOTION_INTERVAL : REFRESH_INTERVAL;
    }

    private boolean isAnyMasterDown() {
        EventLoopConnections current = connections;
        return current != null && !slots.shards().keySet().stream().allMatch(current::isUp);
    }

    /** Applies a {@code MOVED} redirection: immediately to its slot, and soon, by a refresh, to all others. */
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

    /** Refreshes the map after {@link #SIGNAL_DELAY}. Calls in the meantime share one refresh. */
    public void refreshSoon() {
        if (connections != null && !isClosed && isRefreshPending.compareAndSet(false, true)) {
            eventLoop.execute(() -> time.schedule(SIGNAL_DELAY, () -> {
                isRefreshPending.set(false);
                refresh();
            }));
        }
    }

    private void refresh() {
        EventLoopConnections current = connections;
        if (current == null) {
            return;
        }
        long sent = time.nanoTime();
        List<Future<@Nullable ClusterView>> views = candidates(current).stream()
                .map(current::connection)
                .map(query::query)
                .toList();
        Future.join(views).onComplete(done -> {
            boolean isComplete = views.stream().allMatch(view -> view.result() != null);
            if (accept(
                    views.stream().map(Future::result).filter(Objects::nonNull).toList())) {
                confirm(sent, isComplete);
            }
        });
    }

    /** Ends a loss of contact once every reachable node was queried since, and replied. */
    private void confirm(long sentNanos, boolean isComplete) {
        if (isComplete && contact.confirm(sentNanos)) {
            breakers.recovered();
        } else if (contact.isViewNeeded()) {
            refreshSoon();
        }
    }

    /**
     * Nodes with an established connection, or all nodes while there is none. Two random ones; every one before the cluster is
     * known, while members contradict each other, and if a master may have been replaced unnoticed.
     */
    private List<Endpoint> candidates(EventLoopConnections current) {
        List<Endpoint> shuffled = new ArrayList<>(allNodes());
        Collections.shuffle(shuffled, new Random(time.random().nextLong()));
        boolean isUsual = cluster.isKnown() && !cluster.isDisputed() && !contact.isViewNeeded();
        int queried = isUsual ? QUERIED_NODES : shuffled.size();
        List<Endpoint> ready =
                shuffled.stream().filter(current::isUp).limit(queried).toList();
        return ready.isEmpty() ? shuffled : ready;
    }

    /** Returns whether a view is in use now. */
    private boolean accept(List<ClusterView> views) {
        List<ClusterView> believed =
                cluster.isKnown() ? views.stream().filter(cluster::believes).toList() : seedMajority.elect(views);
        if (believed.isEmpty()) {
            isClusterOk = false;
            events.happened(Event.REFRESH_FAILED);
            return false;
        }
        events.happened(Event.REFRESHED);
        lastContactNanos = time.nanoTime();
        cluster.learn(believed);
        boolean isOk = Collections.max(believed, Comparator.comparingLong(ClusterView::epoch))
                .isOk();
        if (isOk && !isClusterOk) {
            breakers.recovered();
        }
        isClusterOk = isOk;
        if (!slots.isOf(cluster.ranges())) {
            replace(SlotMap.of(cluster.ranges()));
        }
        poll();
        return true;
    }

    /** Whether no reply can be trusted now: so few masters reply that the others may have replaced one. Thread-safe. */
    public boolean isCutOff() {
        return contact.isLost();
    }

    /** As {@link ReplicaMonitor#choose}, for the master of a slot. */
    public ReplicaChoice readReplica(int slot, long refusedSinceNanos) {
        SlotMap current = slots;
        Endpoint master = current.master(slot);
        return master == null
                ? new ReplicaChoice.Refused(RouterEvents.Distrust.REPLICA_UNKNOWN)
                : replicas.choose(master, current.replicas(slot), refusedSinceNanos);
    }

    public boolean isHandover(Endpoint master) {
        return replicas.isHandover(master);
    }

    /** The masters in the order of their slots, with their replicas. */
    public List<ShardState> shards(Predicate<Endpoint> isUp) {
        SlotMap map = slots;
        List<ShardState> shards = new ArrayList<>();
        map.shards().forEach((master, own) -> {
            List<ShardState.Replica> known = own.stream()
                    .map(replica -> new ShardState.Replica(
                            replica,
                            isUp.test(replica),
                            replicas.isAttached(replica),
                            replicas.lagBytes(master, replica)))
                    .toList();
            shards.add(new ShardState(
                    master,
                    map.rangesOf(master),
                    map.countOf(master),
                    isUp.test(master),
                    breakers.isOpen(master),
                    known));
        });
        return shards;
    }

    public int readReplicas() {
        return (int) replicas().stream().filter(replicas::isAttached).count();
    }

    /** The nodes to which a loop needs connections: the masters, and every node for the loop that refreshes the map. */
    public Set<Endpoint> nodesFor(EventLoopConnections loop) {
        return loop == connections ? allNodes() : Set.copyOf(slots.shards().keySet());
    }

    public Set<Endpoint> replicas() {
        Set<Endpoint> all = new HashSet<>();
        slots.shards().values().forEach(all::addAll);
        return all;
    }

    private Set<Endpoint> allNodes() {
        Set<Endpoint> nodes = new HashSet<>(seeds);
        slots.shards().forEach((master, attached) -> {
            nodes.add(master);
            nodes.addAll(attached);
        });
        return nodes;
    }
}
