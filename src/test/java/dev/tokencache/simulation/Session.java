package dev.tokencache.simulation;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client's connection as its simulated node sees it. Runs one command after the other; {@code WAIT} blocks the next. */
final class Session {

    private static final Duration MAX_REPLICA_LAG = Duration.ofSeconds(10);

    private record Received(List<String> words, Consumer<@Nullable Object> answer) {}

    private final SimulatedNode.Run run;
    private final Runnable onEnd;
    private final Queue<Received> received = new ArrayDeque<>();
    private boolean isBlocked;
    private boolean hasEnded;
    private boolean isReadOnly;
    private boolean isAsking;
    private long lastWrite;
    /** Sends what the client did not ask for: the messages of its subscriptions. */
    private Consumer<Object> push = message -> {};

    Session(SimulatedNode.Run run, Runnable onEnd) {
        this.run = run;
        this.onEnd = onEnd;
    }

    /** Sends messages of subscriptions this way. */
    void onPush(Consumer<Object> changed) {
        push = changed;
    }

    /** The node closes the connection, or its process ended. */
    void end() {
        hasEnded = true;
        received.clear();
        onEnd.run();
    }

    void close() {
        run.closed(this);
        received.clear();
    }

    boolean isOver() {
        return hasEnded || run.process().hasEnded();
    }

    void receive(List<String> words, Consumer<@Nullable Object> answer) {
        run.process().run(() -> {
            received.add(new Received(words, answer));
            runReceived();
        });
    }

    void runReceived() {
        while (!isBlocked && !received.isEmpty()) {
            Received next = received.peek();
            String command = next.words.get(0).toUpperCase(Locale.ROOT);
            if (run.holds(command)) {
                return;
            }
            received.remove();
            if (command.equals("WAIT")) {
                await(next);
            } else {
                next.answer.accept(reply(command, next.words));
            }
        }
    }

    private @Nullable Object reply(String command, List<String> words) {
        boolean wasAsking = isAsking;
        isAsking = false;
        try {
            return reply(command, words, wasAsking);
        } catch (RedisError error) {
            if (error.getMessage().startsWith("ERR")) {
                run.node().log(error.getMessage());
            }
            return error;
        }
    }

    private @Nullable Object reply(String command, List<String> words, boolean asking) {
        switch (command) {
            case "TIME":
                return time();
            case "INFO":
                return words.size() > 1 && words.get(1).equals("server")
                        ? "run_id:" + run.runId() + "\r\n"
                        : run.replication().info();
            case "PUBLISH":
                return run.pubSub().publish(words.get(1), words.get(2));
            case "SUBSCRIBE":
                return run.pubSub().subscribe(this, words.get(1), push);
            default:
                if (run.isLoading()) {
                    throw new RedisError("LOADING Redis is loading the dataset in memory");
                }
        }
        return switch (command) {
            case "PING" -> run.pubSub().isSubscribed(this) ? List.of("pong", "") : new Replies.Status("PONG");
            case "READONLY" -> {
                isReadOnly = true;
                yield Replies.OK;
            }
            case "ASKING" -> {
                isAsking = true;
                yield Replies.OK;
            }
            case "DBSIZE" -> run.data().size();
            case "SCAN" -> run.data().scan(words.get(1), prefix(words.get(3)), Integer.parseInt(words.get(5)));
            case "CLUSTER" -> cluster(words.get(1).toUpperCase(Locale.ROOT));
            case "EVAL", "EVALSHA" -> script(command, words, asking);
            default -> data(command, words, asking);
        };
    }

    /** What the names begin with that match a pattern. The scans of the service need no more than that. */
    private static String prefix(String pattern) {
        return pattern.substring(0, pattern.indexOf('*'));
    }

    private List<Object> time() {
        long millis = run.process().clock().millis();
        return List.of(Long.toString(millis / 1000), Long.toString(millis % 1000 * 1000));
    }

    private Object cluster(String what) {
        return switch (what) {
            case "MYID" -> run.node().id();
            case "NODES" -> run.bus().reports().nodes();
            case "SLOTS" -> run.bus().reports().slots();
            case "INFO" -> run.bus().reports().info();
            default -> throw new RedisError("ERR unknown subcommand '" + what + "'");
        };
    }

    private @Nullable Object data(String command, List<String> words, boolean asking) {
        route(List.of(words.get(1)), !Database.isWrite(command), asking);
        if (Database.isWrite(command)) {
            checkReplicas();
        }
        if (Database.needsMemory(command)) {
            checkMemory();
        }
        Object reply = run.data().run(words(command, words));
        replicate();
        return reply;
    }

    private static List<String> words(String command, List<String> words) {
        List<String> upper = new ArrayList<>(words);
        upper.set(0, command);
        return upper;
    }

    private @Nullable Object script(String command, List<String> words, boolean asking) {
        int keys = Integer.parseInt(words.get(2));
        List<String> key = words.subList(3, 3 + keys);
        List<String> arguments = words.subList(3 + keys, words.size());
        route(key, false, asking);
        boolean[] hasWritten = {false};
        LuaScripts.Commands commands = called -> scriptCommand(called, hasWritten, asking);
        try {
            return command.equals("EVAL")
                    ? run.scripts().eval(words.get(1), key, arguments, commands)
                    : run.scripts().evalSha(words.get(1), key, arguments, commands);
        } finally {
            replicate();
        }
    }

    private @Nullable Object scriptCommand(List<String> words, boolean[] hasWritten, boolean asking) {
        String command = words.get(0);
        if (command.equals("TIME")) {
            return time();
        }
        if (command.equals("PUBLISH")) {
            return run.pubSub().publish(words.get(1), words.get(2));
        }
        checkLocal(words.get(1), asking);
        if (Database.isWrite(command)) {
            checkReplicas();
        }
        if (Database.needsMemory(command) && !hasWritten[0]) {
            checkMemory();
        }
        hasWritten[0] |= Database.isWrite(command);
        return run.data().run(words);
    }

    /** Refuses or redirects a command whose key this node does not serve; see {@code getNodeByQuery} of Redis. */
    private void route(List<String> keys, boolean isRead, boolean asking) {
        int slot = slot(keys.get(0));
        ClusterBus bus = run.bus();
        Endpoint master = bus.masterOf(slot);
        if (master == null) {
            throw new RedisError("CLUSTERDOWN Hash slot not served");
        }
        if (!bus.isOk()) {
            throw new RedisError("CLUSTERDOWN The cluster is down");
        }
        long missing = keys.stream().filter(key -> !run.data().has(key)).count();
        if (bus.owns(slot)) {
            Endpoint target = run.node().migrationOf(slot);
            if (target != null && missing > 0) {
                throw missing < keys.size() ? tryAgain() : new RedisError("ASK " + slot + " " + target);
            }
        } else if (asking && run.node().isImporting(slot)) {
            if (keys.size() > 1 && missing > 0) {
                throw tryAgain();
            }
        } else if (!(isReadOnly && isRead && bus.replicates(slot))) {
            throw new RedisError("MOVED " + slot + " " + master);
        }
    }

    private static RedisError tryAgain() {
        return new RedisError("TRYAGAIN Multiple keys request during rehashing of slot");
    }

    private static int slot(String key) {
        return HashSlot.of(key.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A script cannot use a key that this node would redirect; see {@code scriptVerifyClusterState} of Redis. */
    private void checkLocal(String key, boolean asking) {
        int slot = slot(key);
        boolean isHere = run.bus().owns(slot)
                ? run.node().migrationOf(slot) == null || run.data().has(key)
                : asking && run.node().isImporting(slot);
        if (!isHere) {
            throw new RedisError("ERR Script attempted to access a non local key in a cluster node");
        }
    }

    private void checkReplicas() {
        int needed = run.node().minReplicasToWrite();
        if (needed > 0 && run.replication().goodReplicas(MAX_REPLICA_LAG) < needed) {
            throw new RedisError("NOREPLICAS Not enough good replicas to write.");
        }
    }

    private void checkMemory() {
        if (run.node().isOutOfMemory()) {
            throw new RedisError("OOM command not allowed when used memory > 'maxmemory'.");
        }
    }

    private void replicate() {
        long before = run.replication().offset();
        run.replicate();
        if (run.replication().offset() > before) {
            lastWrite = run.replication().offset();
        }
    }

    private void await(Received wait) {
        int replicas = Integer.parseInt(wait.words.get(1));
        Duration timeout = Duration.ofMillis(Long.parseLong(wait.words.get(2)));
        Replication replication = run.replication();
        if (run.isLoading()) {
            wait.answer.accept(new RedisError("LOADING Redis is loading the dataset in memory"));
        } else if (replication.isReplica()) {
            wait.answer.accept(new RedisError("ERR WAIT cannot be used with replica instances."));
        } else if (replication.replicasAt(lastWrite) >= replicas) {
            wait.answer.accept((long) replication.replicasAt(lastWrite));
        } else {
            isBlocked = true;
            replication.await(lastWrite, replicas, timeout, () -> {
                isBlocked = false;
                wait.answer.accept(
                        replication.isReplica()
                                ? new RedisError(
                                        "UNBLOCKED force unblock from blocking operation, instance state changed")
                                : (Object) (long) replication.replicasAt(lastWrite));
                runReceived();
            });
        }
    }
}
