package dev.tokencache.simulation;

import dev.tokencache.redis.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The asynchronous replication of one simulated node: its stream while it is a master, and what it has applied of its master's
 * while it is a replica. Offsets count entries of the stream, not bytes. See the Redis documentation, "Replication".
 */
final class Replication {

    private static final Duration CRON = Duration.ofSeconds(1);
    /** {@code repl-ping-replica-period}, in runs of the cron. */
    private static final int PING_PERIOD = 10;

    private static final Duration REPLICATION_TIMEOUT = Duration.ofSeconds(60);
    private static final long NEVER = Long.MIN_VALUE / 4;
    private static final int BACKLOG = 10_000;
    private static final int MIN_LOAD_MILLIS = 20;
    private static final int MAX_LOAD_MILLIS = 400;

    /** What one command or script changed; it is applied completely or not at all. */
    private record Change(long offset, List<List<String>> commands) {}

    /** The connection from a master to one of its replicas. */
    private static final class Link {
        private final Replication replica;
        private @Nullable Replication master;
        private final SimulatedNetwork.Pipe down;
        private final SimulatedNetwork.Pipe up;
        private long confirmed;
        private long heardNanos;

        Link(Replication replica, SimulatedNetwork.Pipe down, SimulatedNetwork.Pipe up) {
            this.replica = replica;
            this.down = down;
            this.up = up;
        }
    }

    /** A client that waits for replicas. */
    private record Waiter(long offset, int replicas, Runnable onChange) {}

    private final SimulatedNetwork network;
    private final String host;
    private final SimulatedProcess process;
    private final Database data;
    private final RandomGenerator random;
    private final Map<String, Link> links = new LinkedHashMap<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private final Deque<Change> backlog = new ArrayDeque<>();

    private String history;
    private String earlierHistory = "";
    private long earlierHistoryEnd = -1;
    private long offset;
    private int crons;

    /** The process of the master, which may not run; null for a master. */
    private @Nullable Supplier<@Nullable Replication> master;

    private String masterHost = "";

    /** The connection to the master; null while there is none. */
    private @Nullable Link upstream;

    private boolean isSyncing;
    private long connectedNanos;
    /** Never, at first: a replica that has not been in sync must not be elected. */
    private long heardFromMasterNanos = NEVER;

    /** @param process the run of the node that this belongs to; ends with it */
    Replication(SimulatedNetwork network, String host, SimulatedProcess process, Database data) {
        this.network = network;
        this.host = host;
        this.process = process;
        this.data = data;
        this.random = process.random();
        this.history = newHistory();
        process.schedule(Duration.ofMillis(1 + random.nextInt(1000)), this::startCron);
    }

    private String newHistory() {
        return Long.toHexString(random.nextLong()) + "-" + host;
    }

    private void startCron() {
        cron();
        process.scheduleEvery(CRON, this::cron);
    }

    private void cron() {
        if (master == null) {
            if (++crons % PING_PERIOD == 0) {
                append(List.of());
            }
            links.values().removeIf(link -> process.nanoTime() - link.heardNanos > REPLICATION_TIMEOUT.toNanos());
        } else if (upstream == null) {
            connect();
        } else if (process.nanoTime() - Math.max(connectedNanos, heardFromMasterNanos)
                > REPLICATION_TIMEOUT.toNanos()) {
            disconnect();
        } else {
            confirm();
        }
    }

    boolean isReplica() {
        return master != null;
    }

    boolean isLinkUp() {
        return upstream != null && !isSyncing;
    }

    long offset() {
        return offset;
    }

    /** Since when the master has been silent, on the monotonic clock. */
    long heardFromMasterNanos() {
        return heardFromMasterNanos;
    }

    /** Begins a history of its own: what was replicated so far stays part of it. */
    void becomeMaster() {
        disconnect();
        master = null;
        earlierHistory = history;
        earlierHistoryEnd = offset;
        history = newHistory();
    }

    /** @param newMaster the process of the master, null while it does not accept replicas */
    void follow(Supplier<@Nullable Replication> newMaster, String newMasterHost) {
        disconnect();
        links.values().forEach(link -> link.replica.lost(link));
        links.clear();
        master = newMaster;
        masterHost = newMasterHost;
        List.copyOf(waiters).forEach(waiter -> waiter.onChange.run());
        connect();
    }

    /** The process has ended: its operating system closes the connections. */
    void end() {
        links.values().forEach(link -> link.down.send(() -> link.replica.process.run(() -> link.replica.lost(link))));
        disconnect();
    }

    private void disconnect() {
        Link link = upstream;
        if (link != null) {
            upstream = null;
            isSyncing = false;
            link.up.send(() -> {
                if (link.master != null) {
                    link.master.links.remove(host, link);
                }
            });
        }
    }

    private void lost(Link link) {
        if (upstream == link) {
            upstream = null;
            isSyncing = false;
        }
    }

    /** {@code PSYNC}: continues where this node is in the history, or copies everything. */
    private void connect() {
        Link link = new Link(this, network.pipe(masterHost, host), network.pipe(host, masterHost));
        upstream = link;
        isSyncing = true;
        connectedNanos = process.nanoTime();
        String known = history;
        long applied = offset;
        Supplier<@Nullable Replication> target = master;
        link.up.send(() -> {
            Replication from = target.get();
            if (from == null || from.isReplica()) {
                link.down.send(() -> process.run(() -> lost(link)));
            } else {
                link.master = from;
                from.process.run(() -> from.accept(link, known, applied));
            }
        });
    }

    private void accept(Link link, String known, long applied) {
        link.heardNanos = process.nanoTime();
        links.put(link.replica.host, link);
        boolean isContinuation = known.equals(history) && applied <= offset
                || known.equals(earlierHistory) && applied <= earlierHistoryEnd;
        long first = backlog.isEmpty() ? offset + 1 : backlog.peek().offset;
        if (isContinuation && applied + 1 >= first) {
            link.down.send(() -> link.replica.received(link, () -> link.replica.synced(history)));
            backlog.stream().filter(change -> change.offset > applied).forEach(change -> pass(link, change));
        } else {
            Database copy = new Database(() -> 0);
            copy.copyFrom(data);
            long at = offset;
            link.down.send(() -> link.replica.received(link, () -> link.replica.load(link, copy, at, history)));
        }
    }

    private void load(Link link, Database copy, long at, String from) {
        data.copyFrom(copy);
        backlog.clear();
        offset = at;
        history = from;
        int millis = MIN_LOAD_MILLIS + random.nextInt(MAX_LOAD_MILLIS);
        process.schedule(Duration.ofMillis(millis), () -> {
            if (upstream == link) {
                synced(from);
            }
        });
    }

    private void synced(String from) {
        history = from;
        isSyncing = false;
        heardFromMasterNanos = process.nanoTime();
        confirm();
    }

    private void received(Link link, Runnable message) {
        process.run(() -> {
            if (upstream == link) {
                message.run();
                if (!isSyncing) {
                    heardFromMasterNanos = process.nanoTime();
                }
            }
        });
    }

    /** Adds what a command changed to the stream. */
    void append(List<List<String>> commands) {
        Change change = new Change(++offset, commands);
        remember(change);
        links.values().forEach(link -> pass(link, change));
    }

    private void remember(Change change) {
        backlog.add(change);
        if (backlog.size() > BACKLOG) {
            backlog.remove();
        }
    }

    private static void pass(Link link, Change change) {
        link.down.send(() -> link.replica.received(link, () -> link.replica.apply(change)));
    }

    private void apply(Change change) {
        if (change.offset == offset + 1) {
            change.commands.forEach(data::run);
            data.takeChanges();
            offset = change.offset;
            remember(change);
        }
    }

    private void confirm() {
        Link link = upstream;
        if (link == null || isSyncing) {
            return;
        }
        long applied = offset;
        link.up.send(() -> link.master.process.run(() -> link.master.confirmed(link, applied)));
    }

    private void confirmed(Link link, long applied) {
        link.heardNanos = process.nanoTime();
        link.confirmed = Math.max(link.confirmed, applied);
        List.copyOf(waiters).forEach(waiter -> waiter.onChange.run());
    }

    int replicasAt(long reached) {
        return (int) links.values().stream()
                .filter(link -> link.confirmed >= reached)
                .count();
    }

    /** How many replicas were heard from lately, for {@code min-replicas-to-write}. */
    int goodReplicas(Duration maxLag) {
        return (int) links.values().stream()
                .filter(link -> process.nanoTime() - link.heardNanos <= maxLag.toNanos())
                .count();
    }

    /** {@code WAIT}: runs a task when enough replicas confirm an offset, this becomes a replica, or the time is over. */
    void await(long reached, int replicas, Duration timeout, Runnable task) {
        Runnable[] end = {null};
        Waiter waiter = new Waiter(reached, replicas, () -> end[0].run());
        Time.Timer timer = process.schedule(timeout, () -> {
            if (waiters.remove(waiter)) {
                task.run();
            }
        });
        end[0] = () -> {
            if ((isReplica() || replicasAt(reached) >= replicas) && waiters.remove(waiter)) {
                timer.cancel();
                task.run();
            }
        };
        waiters.add(waiter);
        links.values().forEach(link -> link.down.send(() -> link.replica.received(link, link.replica::confirm)));
    }

    /** {@code INFO replication}. */
    String info() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("role", isReplica() ? "slave" : "master");
        if (isReplica()) {
            fields.put("master_link_status", isLinkUp() ? "up" : "down");
            fields.put("master_sync_in_progress", isSyncing && upstream != null ? 1 : 0);
            fields.put("slave_repl_offset", offset);
        }
        fields.put("connected_slaves", links.size());
        fields.put("master_replid", history);
        fields.put("master_repl_offset", offset);
        return fields.entrySet().stream()
                .map(field -> field.getKey() + ":" + field.getValue() + "\r\n")
                .collect(Collectors.joining("", "# Replication\r\n", ""));
    }
}
