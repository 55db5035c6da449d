package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.NodeFacts.NodeLine;
import dev.tokencache.operator.doctor.NodeFacts.Samples;
import dev.tokencache.operator.doctor.NodeFacts.SlowCommand;
import dev.tokencache.operator.doctor.NodeFacts.TlsFacts;
import dev.tokencache.operator.doctor.ServiceFacts.Instance;
import dev.tokencache.operator.doctor.ServiceFacts.Journal;
import dev.tokencache.redis.Endpoint;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The facts of a sound cluster, to be spoilt. Masters come first, each node on its own host. */
final class FactsDraft {

    static final Instant NOW = Instant.parse("2026-12-01T12:00:00Z");

    final List<Node> nodes = new ArrayList<>();

    @Nullable
    List<Instance> instances =
            List.of(instance("a", Map.of("token-keys", "k1")), instance("b", Map.of("token-keys", "k1")));

    @Nullable
    Journal journal = new Journal(0, 0, 0, "");

    Instant lastDrill = NOW.minus(1, ChronoUnit.DAYS);

    Instant readAt = NOW;
    String user = "default";
    int minReplicas = 1;
    boolean hasService = true;

    static FactsDraft sound() {
        return of("redis", "7.2.16", 3, 1);
    }

    static FactsDraft of(String product, String version, int masters, int replicasPerMaster) {
        FactsDraft draft = new FactsDraft();
        for (int i = 0; i < masters * (1 + replicasPerMaster); i++) {
            draft.nodes.add(new Node(i, masters, product, version));
        }
        draft.meet();
        return draft;
    }

    static Instance instance(String id, Map<String, String> fingerprints) {
        return new Instance(id, "1.0", 0, fingerprints);
    }

    /** Gives every node the view of all nodes' present slots and masters. */
    void meet() {
        for (Node node : nodes) {
            node.view = new ArrayList<>(
                    nodes.stream().map(other -> other.line(other == node)).toList());
        }
    }

    Node node(int index) {
        return nodes.get(index);
    }

    void configureAll(String name, String value) {
        nodes.forEach(node -> node.config.put(name, value));
    }

    /** An ACL as deploy/redis/start-node makes it. */
    void useAcl() {
        user = "token-cache";
        for (Node node : nodes) {
            node.config.putAll(Map.of("requirepass", "", "masteruser", "operator"));
            String commands = " +" + AclRights.COMMANDS.replace(" ", " +");
            node.acl = List.of(
                    "user default off sanitize-payload ~* &* +@all",
                    "user operator on # ~* &* +@all",
                    "user token-cache on # ~tc:* resetchannels &tc:revoked -@all" + commands);
        }
    }

    void useTls() {
        for (Node node : nodes) {
            node.config.put("tls-port", "6379");
            node.tls = Reading.of(new TlsFacts(NOW.plus(300, ChronoUnit.DAYS), List.of("*.example.org"), 0));
            node.announcedName = "node" + node.index + ".example.org";
        }
        meet();
    }

    ClusterFacts facts() {
        ServiceFacts service = new ServiceFacts(
                "tc:",
                user,
                1000,
                80,
                minReplicas,
                instances == null ? Reading.unknown("no reply") : Reading.of(instances),
                journal,
                Reading.of(lastDrill));
        return new ClusterFacts(
                readAt,
                nodes.stream().map(Node::facts).toList(),
                hasService ? Reading.of(service) : Reading.unknown("no service runs"));
    }

    /** The facts of one node, which a test may change. */
    static final class Node {
        final int index;
        final Map<String, String> info;
        final Map<String, String> config = new HashMap<>(Map.ofEntries(
                Map.entry("protected-mode", "yes"),
                Map.entry("bind", "10.0.0.1"),
                Map.entry("requirepass", "f1"),
                Map.entry("masterauth", "f1"),
                Map.entry("maxmemory", "1073741824"),
                Map.entry("maxmemory-policy", "volatile-ttl"),
                Map.entry("cluster-node-timeout", "2000"),
                Map.entry("cluster-require-full-coverage", "no"),
                Map.entry("cluster-slave-validity-factor", "10"),
                Map.entry("appendonly", "yes"),
                Map.entry("appendfsync", "everysec"),
                Map.entry("save", ""),
                Map.entry("repl-backlog-size", "67108864"),
                Map.entry("client-output-buffer-limit", "normal 0 0 0 slave 268435456 67108864 60 pubsub 1 1 1"),
                Map.entry("maxclients", "10000"),
                Map.entry("tcp-backlog", "511"),
                Map.entry("tls-port", "0")));
        List<NodeLine> view = List.of();

        List<String> acl = List.of("user default on # ~* &* +@all");

        List<String> slots;
        String masterId;
        String host;
        String announcedName = "";
        Set<String> flags = Set.of();
        List<SlowCommand> slowLog = List.of();
        Map<String, Long> latency = Map.of();
        List<Long> pings = List.of(200L, 300L, 900L);
        long clockAheadMillis;
        Samples samples = new Samples(100, 0, 5);
        Reading<TlsFacts> tls = Reading.unknown("no TLS");
        final Map<String, String> unknown = new HashMap<>();

        Node(int index, int masters, String product, String version) {
            boolean isMaster = index < masters;
            this.index = index;
            this.host = "10.0.0." + (index + 1);
            this.slots =
                    isMaster ? List.of(16384 * index / masters + "-" + (16384 * (index + 1) / masters - 1)) : List.of();
            this.masterId = isMaster ? "-" : "id" + (index - masters) % masters;
            this.info = new HashMap<>(Map.of(
                    "redis_version", product.equals("valkey") ? "7.2.4" : version,
                    "executable", "/usr/local/bin/redis-server",
                    "total_system_memory", "4294967296",
                    "used_memory", "300000000",
                    "used_memory_rss", "350000000",
                    "role", isMaster ? "master" : "slave",
                    "connected_slaves", isMaster ? "1" : "0",
                    "repl_backlog_size", "67108864",
                    "master_repl_offset", "1000000",
                    "uptime_in_seconds", "86400"));
            if (product.equals("valkey")) {
                info.put("valkey_version", version);
            }
        }

        String id() {
            return "id" + index;
        }

        NodeLine line(boolean isMyself) {
            List<String> all = Stream.of(
                            Stream.of(masterId.equals("-") ? "master" : "slave"),
                            isMyself ? Stream.of("myself") : Stream.<String>empty(),
                            flags.stream())
                    .flatMap(it -> it)
                    .toList();
            boolean isLinkUp = isMyself || Collections.disjoint(flags, Set.of("fail", "fail?"));
            return new NodeLine(id(), host, 6379, 16379, announcedName, all, masterId, isLinkUp, slots);
        }

        void forgetLine(int other) {
            view = view.stream().filter(line -> !line.id().equals("id" + other)).toList();
        }

        void cutLinkTo(int other) {
            view = view.stream()
                    .map(it -> it.id().equals("id" + other)
                            ? new NodeLine(
                                    it.id(),
                                    it.host(),
                                    it.port(),
                                    it.busPort(),
                                    "",
                                    it.flags(),
                                    it.masterId(),
                                    false,
                                    it.slots())
                            : it)
                    .toList();
        }

        /** Makes a command unknown: {@code INFO}, {@code CONFIG}, {@code NODES} and so on; {@code ALL} for a dead node. */
        void refuse(String command, String reason) {
            unknown.put(command, reason);
        }

        private <T> Reading<T> reading(String command, @Nullable T value) {
            String reason = unknown.getOrDefault("ALL", unknown.get(command));
            return reason == null && value != null
                    ? Reading.of(value)
                    : Reading.unknown(reason == null ? "none" : reason);
        }

        NodeFacts facts() {
            return new NodeFacts(
                    new Endpoint(host, 6379),
                    reading("INFO", info),
                    reading("CONFIG", config),
                    reading("NODES", view),
                    reading("ACL", acl),
                    reading("SLOWLOG", slowLog),
                    reading("LATENCY", latency),
                    reading("PING", pings),
                    reading("TIME", clockAheadMillis),
                    reading("SCAN", samples),
                    unknown.containsKey("ALL") ? Reading.unknown("none") : tls);
        }
    }
}
