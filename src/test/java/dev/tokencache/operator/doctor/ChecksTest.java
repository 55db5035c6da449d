package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Finding.Status;
import dev.tokencache.operator.doctor.NodeFacts.Samples;
import dev.tokencache.operator.doctor.NodeFacts.SlowCommand;
import dev.tokencache.operator.doctor.NodeFacts.TlsFacts;
import dev.tokencache.operator.doctor.ServiceFacts.Instance;
import dev.tokencache.operator.doctor.ServiceFacts.Journal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Each fault on an otherwise sound cluster has exactly its code, and sound clusters of different shape have none. */
class ChecksTest {

    @ParameterizedTest(name = "{0} {2}: {1}")
    @MethodSource("faults")
    void aFaultHasExactlyItsCode(String code, String fault, Status worst, Consumer<FactsDraft> plant) {
        FactsDraft draft = FactsDraft.sound();
        plant.accept(draft);

        List<Finding> findings = examine(draft);

        assertThat(findings).extracting(Finding::code).containsOnly(code);
        assertThat(findings).extracting(Finding::status).contains(worst).allMatch(it -> it.compareTo(worst) <= 0);
        assertThat(findings).allSatisfy(it -> assertThat(it.evidence()).isNotBlank());
    }

    @Test
    void everyCodeHasAFault() {
        assertThat(faults().map(it -> it.get()[0]).distinct())
                .containsExactlyInAnyOrderElementsOf(Checks.all().stream()
                        .map(Check::code)
                        .filter(code -> !code.equals("TC106"))
                        .toList());
    }

    /** A version with the vulnerability of scripts has others, too. */
    @Test
    void scriptsOfAnOldVersionAreAnErrorIfEveryoneMayRunThem() {
        FactsDraft draft = FactsDraft.of("redis", "7.2.10", 3, 1);

        assertThat(examine(draft))
                .extracting(Finding::code, Finding::status)
                .containsExactlyInAnyOrder(tuple("TC105", Status.WARN), tuple("TC106", Status.ERROR));

        draft.useAcl();
        assertThat(examine(draft))
                .extracting(Finding::code, Finding::status)
                .containsExactlyInAnyOrder(tuple("TC105", Status.WARN), tuple("TC106", Status.WARN));
    }

    static Stream<Arguments> faults() {
        return Stream.of(security(), versions(), topology(), slots(), memory(), aof(), load(), service())
                .flatMap(it -> it);
    }

    private static Arguments fault(String code, Status worst, String name, Consumer<FactsDraft> plant) {
        return arguments(code, name, worst, plant);
    }

    /** The same parameter on all nodes. */
    private static Arguments config(String code, Status worst, String name, String value) {
        return fault(code, worst, name + " " + value, draft -> draft.configureAll(name, value));
    }

    /** A field of one node. */
    private static Arguments info(String code, Status worst, String name, String value) {
        return fault(
                code, worst, name + " " + value, draft -> draft.node(0).info.put(name, value));
    }

    private static void withoutPassword(FactsDraft draft, String bind, String protectedMode) {
        draft.configureAll("requirepass", "");
        draft.configureAll("masterauth", "");
        draft.nodes.forEach(node -> node.acl = List.of("user default on nopass ~* &* +@all"));
        draft.configureAll("bind", bind);
        draft.configureAll("protected-mode", protectedMode);
    }

    private static Stream<Arguments> security() {
        return Stream.of(
                fault("TC101", Status.ERROR, "no password and no bind", it -> withoutPassword(it, "* -::*", "yes")),
                fault("TC102", Status.ERROR, "no password", it -> withoutPassword(it, "* -::*", "no")),
                fault(
                        "TC102",
                        Status.WARN,
                        "no password, loopback",
                        it -> withoutPassword(it, "127.0.0.1 -::1", "yes")),
                fault("TC102", Status.ERROR, "bind of Redis 5 switches protected mode off", it -> {
                    it.nodes.clear();
                    it.nodes.addAll(FactsDraft.of("redis", "6.2.24", 3, 1).nodes);
                    withoutPassword(it, "0.0.0.0", "yes");
                }),
                fault("TC102", Status.ERROR, "user default open", it -> {
                    it.useAcl();
                    it.node(4).acl = replaced(it.node(4).acl, "default off", "default on nopass");
                    it.node(4).config.put("protected-mode", "no");
                }),
                fault("TC103", Status.ERROR, "a right is missing", it -> {
                    it.useAcl();
                    it.node(4).acl = replaced(it.node(4).acl, " +readonly", "");
                }),
                fault("TC103", Status.WARN, "all rights", it -> {
                    it.useAcl();
                    it.node(4).acl = replaced(it.node(4).acl, "-@all +evalsha", "+@all");
                }),
                fault("TC103", Status.ERROR, "a right is taken again", it -> {
                    it.useAcl();
                    it.node(4).acl = replaced(it.node(4).acl, " +subscribe", " +subscribe -hset");
                }),
                fault("TC103", Status.ERROR, "another key prefix", it -> {
                    it.useAcl();
                    it.node(4).acl = replaced(it.node(4).acl, "~tc:*", "~sso:*");
                }),
                fault("TC103", Status.ERROR, "no such user", it -> {
                    it.useAcl();
                    it.node(4).acl = it.node(4).acl.subList(0, 2);
                }),
                fault("TC103", Status.UNKNOWN, "ACL LIST refused", it -> {
                    runAll(it, "8.10.1");
                    it.useAcl();
                    it.node(4).refuse("ACL", "no permission for ACL LIST");
                }),
                fault("TC104", Status.ERROR, "one password differs", it -> {
                    it.node(2).config.put("requirepass", "f2");
                    it.node(2).config.put("masterauth", "f2");
                }),
                fault("TC104", Status.ERROR, "masterauth", it -> it.node(2)
                        .config
                        .put("masterauth", "")),
                fault("TC104", Status.ERROR, "masterauth of an ACL user", it -> {
                    it.useAcl();
                    it.node(2).config.put("masterauth", "f2");
                }),
                fault("TC107", Status.WARN, "the certificate expires", it -> {
                    it.useTls();
                    it.node(1).tls = certificate(20, "*.example.org", 0);
                }),
                fault("TC107", Status.ERROR, "the certificate has expired", it -> {
                    it.useTls();
                    it.node(1).tls = certificate(-1, "*.example.org", 0);
                }),
                fault("TC107", Status.ERROR, "another name", it -> {
                    it.useTls();
                    it.node(1).tls = certificate(300, "node1.example.com", 0);
                }),
                fault("TC107", Status.WARN, "a plain port", it -> {
                    it.useTls();
                    it.node(1).tls = certificate(300, "*.example.org", 6380);
                }),
                fault("TC107", Status.UNKNOWN, "the certificate was not read", it -> {
                    it.useTls();
                    it.node(1).tls = Reading.unknown("no handshake");
                }));
    }

    private static List<String> replaced(List<String> acl, String old, String replacement) {
        return acl.stream().map(line -> line.replace(old, replacement)).toList();
    }

    private static Reading<TlsFacts> certificate(int days, String name, int plainPort) {
        return Reading.of(new TlsFacts(FactsDraft.NOW.plus(days, ChronoUnit.DAYS), List.of(name), plainPort));
    }

    private static Stream<Arguments> versions() {
        return Stream.of(
                fault("TC105", Status.WARN, "RESTORE of 7.2.13", it -> runAll(it, "7.2.13")),
                fault("TC105", Status.ERROR, "TLS of 7.2.15", it -> {
                    runAll(it, "7.2.15");
                    it.useTls();
                }),
                fault("TC105", Status.UNKNOWN, "a distributor's package", it -> {
                    runAll(it, "7.2.13");
                    it.nodes.forEach(node -> node.info.put("executable", "/usr/bin/redis-server"));
                }),
                fault("TC105", Status.WARN, "Debian's package before the fix", it -> {
                    runAll(it, "7.0.15");
                    it.nodes.forEach(node -> node.info.put("redis_build_id", "e08dbad3e06f3fb"));
                    it.nodes.forEach(node -> node.info.put("executable", "/usr/bin/redis-server"));
                }),
                fault("TC105", Status.WARN, "an old list", it -> {
                    it.readAt = it.readAt.plus(90, ChronoUnit.DAYS);
                    it.lastDrill = it.readAt;
                }),
                fault("TC108", Status.WARN, "a newer replica", it -> it.node(5)
                        .info
                        .put("redis_version", "7.4.11")),
                fault("TC108", Status.ERROR, "an older replica", it -> it.node(2)
                        .info
                        .put("redis_version", "7.4.11")));
    }

    private static void runAll(FactsDraft draft, String version) {
        draft.nodes.forEach(node -> node.info.put("redis_version", version));
    }

    private static Stream<Arguments> topology() {
        return Stream.of(
                fault("TC201", Status.ERROR, "no replica", it -> {
                    it.nodes.remove(4);
                    it.meet();
                }),
                fault("TC201", Status.ERROR, "not in sync", it -> it.node(4)
                        .info
                        .put("master_link_status", "down")),
                fault("TC202", Status.WARN, "one host", it -> moveTo(it, 3, "10.0.0.1")),
                fault("TC202", Status.WARN, "one zone", it -> {
                    List.of("a", "b", "c", "a", "c", "b")
                            .forEach(zone -> it.node(zoneIndex(it)).config.put("availability-zone", zone));
                }),
                fault("TC203", Status.WARN, "two of three masters", it -> moveTo(it, 1, "10.0.0.1")),
                fault("TC204", Status.ERROR, "two masters", it -> {
                    it.nodes.clear();
                    it.nodes.addAll(FactsDraft.of("redis", "7.2.16", 2, 1).nodes);
                }),
                fault("TC204", Status.ERROR, "not formed", it -> {
                    it.nodes.forEach(node -> node.slots = List.of());
                    it.nodes.forEach(node -> node.view = List.of(node.line(true)));
                }),
                fault("TC204", Status.WARN, "no cluster mode", it -> {
                    it.nodes.subList(1, 6).clear();
                    it.node(0).info.put("cluster_enabled", "0");
                    it.node(0).config.put("cluster-require-full-coverage", "yes");
                    it.node(0).view = List.of();
                }),
                config("TC205", Status.WARN, "cluster-node-timeout", "15000"),
                config("TC205", Status.WARN, "cluster-node-timeout", "500"),
                fault("TC205", Status.WARN, "unequal", it -> it.node(1).config.put("cluster-node-timeout", "1500")),
                config("TC206", Status.ERROR, "cluster-require-full-coverage", "yes"),
                config("TC207", Status.ERROR, "cluster-slave-validity-factor", "0"),
                config("TC207", Status.ERROR, "cluster-replica-no-failover", "yes"),
                fault("TC209", Status.ERROR, "one link", it -> it.node(3).cutLinkTo(1)),
                fault("TC210", Status.ERROR, "unreachable from here", it -> it.node(3)
                        .refuse("ALL", "no route to host")),
                fault("TC212", Status.ERROR, "a stranger", ChecksTest::replaceByStranger));
    }

    /** A node that came back without its {@code nodes.conf}. The other nodes still know the old one. */
    private static void replaceByStranger(FactsDraft draft) {
        FactsDraft stranger = FactsDraft.of("redis", "7.2.16", 1, 0);
        stranger.node(0).slots = List.of();
        stranger.node(0).host = "10.0.0.9";
        draft.nodes.add(stranger.node(0));
        draft.node(6).view = List.of(draft.node(6).line(true)).stream()
                .map(it ->
                        new NodeFacts.NodeLine("other", it.host(), 6379, 16379, "", it.flags(), "-", true, List.of()))
                .toList();
    }

    private static int zoneIndex(FactsDraft draft) {
        return (int) draft.nodes.stream()
                .filter(node -> node.config.containsKey("availability-zone"))
                .count();
    }

    private static void moveTo(FactsDraft draft, int node, String host) {
        draft.node(node).host = host;
        draft.meet();
    }

    private static Stream<Arguments> slots() {
        return Stream.of(
                fault("TC208", Status.ERROR, "uncovered", it -> {
                    it.node(0).slots = List.of("0-5000");
                    it.meet();
                }),
                fault("TC208", Status.ERROR, "two owners", it -> {
                    it.node(0).slots = List.of("0-5461");
                    it.meet();
                }),
                fault("TC208", Status.WARN, "open", it -> {
                    it.node(0).slots = List.of("0-5460", "[93->-id1]");
                    it.meet();
                }),
                fault("TC208", Status.ERROR, "disagreement", it -> {
                    it.node(0).slots = List.of("0-5000");
                    it.node(1).slots = List.of("5001-10921");
                    it.meet();
                    it.node(5).view = FactsDraft.sound().node(5).view;
                }),
                fault("TC211", Status.WARN, "slots", it -> {
                    it.node(0).slots = List.of("0-3000");
                    it.node(1).slots = List.of("3001-10921");
                    it.meet();
                }),
                fault("TC211", Status.WARN, "memory", it -> {
                    it.node(1).info.put("used_memory", "600000000");
                    it.node(1).info.put("used_memory_rss", "650000000");
                }));
    }

    private static Stream<Arguments> memory() {
        return Stream.of(
                config("TC301", Status.WARN, "maxmemory", "0"),
                config("TC301", Status.WARN, "maxmemory", "3gb"),
                config("TC302", Status.ERROR, "maxmemory-policy", "allkeys-lru"),
                config("TC302", Status.ERROR, "maxmemory-policy", "volatile-random"),
                info("TC303", Status.ERROR, "evicted_keys", "3"),
                config("TC304", Status.WARN, "appendonly", "no"),
                fault("TC304", Status.ERROR, "systemd restarts it", it -> {
                    it.configureAll("appendonly", "no");
                    it.configureAll("supervised", "systemd");
                }),
                config("TC305", Status.WARN, "appendfsync", "no"),
                info("TC305", Status.ERROR, "aof_last_write_status", "err"),
                info("TC305", Status.WARN, "rdb_last_bgsave_status", "err"),
                info("TC305", Status.WARN, "aof_last_bgrewrite_status", "err"),
                fault("TC305", Status.ERROR, "writes are refused", it -> {
                    it.node(0).config.put("save", "3600 1");
                    it.node(0).config.put("stop-writes-on-bgsave-error", "yes");
                    it.node(0).info.put("rdb_last_bgsave_status", "err");
                }),
                info("TC306", Status.WARN, "repl_backlog_size", "500"),
                info("TC306", Status.WARN, "instantaneous_output_repl_kbps", "2000"),
                fault("TC307", Status.WARN, "the limit of replicas", it -> {
                    runAll(it, "6.2.24");
                    it.configureAll("client-output-buffer-limit", "normal 0 0 0 slave 33554432 1 60 pubsub 1 1 1");
                }),
                info("TC307", Status.WARN, "client_output_buffer_limit_disconnections", "1"),
                fault("TC308", Status.WARN, "no TTL", it -> it.node(0).samples = new Samples(100, 1, 5)),
                fault("TC309", Status.WARN, "a large subject", it -> it.node(0).samples = new Samples(100, 0, 1001)),
                fault("TC310", Status.WARN, "a hot node", it -> {
                    it.node(0).info.put("instantaneous_ops_per_sec", "9000");
                    it.node(1).info.put("instantaneous_ops_per_sec", "1000");
                }));
    }

    private static Stream<Arguments> aof() {
        return Stream.of(
                ofDefault(Status.ERROR, "off resetchannels -@all"),
                ofDefault(Status.ERROR, "on # resetchannels -@all"),
                ofDefault(Status.ERROR, "off &* +@all"),
                ofDefault(Status.ERROR, "off ~other:* &* +@all"),
                ofDefault(Status.ERROR, "off ~tc:a* &* +@all"),
                ofDefault(Status.ERROR, "off %W~tc:* &* +@all"),
                ofDefault(Status.ERROR, "off ~* &* +@all -pexpireat"),
                ofDefault(Status.ERROR, "off ~* &* -@all +" + AclRights.COMMANDS.replace(" ", " +")),
                ofDefault(Status.UNKNOWN, "off ~* &* +@all -@dangerous"),
                ofDefault(Status.UNKNOWN, "off resetchannels -@all (~* +@all)"),
                fault("TC311", Status.UNKNOWN, "ACL LIST refused", it -> it.node(4)
                        .refuse("ACL", "no permission for ACL LIST")));
    }

    private static Arguments ofDefault(Status worst, String rights) {
        return fault("TC311", worst, "default " + rights, it -> {
            it.useAcl();
            it.node(4).acl = replaced(it.node(4).acl, "off sanitize-payload ~* &* +@all", rights);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "off ~tc:* resetchannels -@all +hset +hdel +hincrby +set +del +unlink +pexpireat +zadd +zrem",
                "on # %RW~t* resetchannels +@all -keys",
                "off ~other ~* -@all +@all",
            })
    void theAofNeedsNoOtherRightsOfDefault(String rights) {
        FactsDraft draft = FactsDraft.sound();
        draft.nodes.forEach(node -> node.acl = List.of("user default " + rights));

        assertThat(examine(draft)).isEmpty();
    }

    /** The others read an AOF without permissions. */
    @ParameterizedTest
    @CsvSource({"redis, 6.2.24", "redis, 8.6.6", "valkey, 8.0.12", "valkey, 9.2.1"})
    void notEveryVersionNeedsRightsOfDefault(String product, String version) {
        FactsDraft draft = FactsDraft.of(product, version, 3, 1);
        draft.nodes.forEach(node -> node.acl = List.of("user default off resetchannels -@all"));

        assertThat(examine(draft)).isEmpty();
    }

    @Test
    void withoutAnAofDefaultNeedsNoRights() {
        FactsDraft draft = FactsDraft.sound();
        draft.nodes.forEach(node -> node.acl = List.of("user default off resetchannels -@all"));
        draft.configureAll("appendonly", "no");

        assertThat(codes(draft)).containsExactly("TC304");
    }

    private static Stream<Arguments> load() {
        return Stream.of(
                config("TC401", Status.WARN, "maxclients", "200"),
                info("TC401", Status.WARN, "rejected_connections", "1"),
                config("TC402", Status.WARN, "disable-thp", "no"),
                config("TC402", Status.UNKNOWN, "tcp-backlog", "65535"),
                info("TC402", Status.UNKNOWN, "latest_fork_usec", "900000"),
                fault("TC404", Status.WARN, "PING", it -> it.node(0).pings = List.of(200L, 300L, 51_000L)),
                fault("TC404", Status.WARN, "an event", it -> it.node(0).latency = Map.of("fork", 250L)),
                fault("TC404", Status.WARN, "the slow log", it -> {
                    it.node(0).slowLog = List.of(new SlowCommand("KEYS", 80_000));
                }),
                info("TC405", Status.WARN, "used_memory_rss", "100000000"),
                info("TC405", Status.WARN, "used_memory_rss", "2200000000"));
    }

    private static Stream<Arguments> service() {
        return Stream.of(
                fault("TC501", Status.WARN, "a node", it -> it.node(0).clockAheadMillis = 1500),
                fault("TC501", Status.ERROR, "an instance", it -> {
                    it.instances = List.of(new Instance("a", "1.0", 6000, Map.of()));
                }),
                fault("TC502", Status.ERROR, "keys", it -> {
                    it.instances = List.of(
                            FactsDraft.instance("a", Map.of("token-keys", "k1")),
                            FactsDraft.instance("b", Map.of("token-keys", "k2")));
                }),
                fault("TC503", Status.WARN, "old", it -> it.journal = new Journal(3, 301, 0.1, "")),
                fault("TC503", Status.WARN, "nearly full", it -> it.journal = new Journal(80, 1, 0.8, "")),
                fault("TC503", Status.ERROR, "full", it -> it.journal = new Journal(100, 1, 1, "")),
                fault("TC503", Status.ERROR, "broken", it -> it.journal = new Journal(0, 0, 0, "no space left")),
                fault("TC504", Status.WARN, "min-replicas 0", it -> it.minReplicas = 0),
                fault("TC505", Status.WARN, "never", it -> it.lastDrill = Instant.EPOCH),
                fault("TC505", Status.WARN, "long ago", it -> it.lastDrill = it.readAt.minus(91, ChronoUnit.DAYS)));
    }

    @ParameterizedTest
    @CsvSource({
        "redis,  6.2.24, 3, 1",
        "redis,  7.2.16, 3, 1",
        "redis,  7.2.16, 6, 1",
        "redis,  7.4.11, 3, 2",
        "redis,  8.2.9,  6, 2",
        "redis,  8.10.1, 3, 1",
        "valkey, 8.0.10, 3, 1",
        "valkey, 8.1.9,  6, 2",
        "valkey, 9.1.1,  3, 1",
    })
    void aSoundClusterHasNoFinding(String product, String version, int masters, int replicas) {
        assertThat(examine(FactsDraft.of(product, version, masters, replicas))).isEmpty();

        FactsDraft withTls = FactsDraft.of(product, version, masters, replicas);
        withTls.useTls();
        assertThat(examine(withTls)).isEmpty();

        FactsDraft withAcl = FactsDraft.of(product, version, masters, replicas);
        withAcl.useAcl();
        assertThat(examine(withAcl)).isEmpty();
    }

    /** No release of these lines has the fixes. */
    @ParameterizedTest
    @CsvSource({"3.2.13", "4.0.14", "5.0.14", "6.0.20", "7.0.15"})
    void aSoundClusterOfAnUnsupportedVersionHasOnlyItsVulnerabilities(String version) {
        FactsDraft draft = FactsDraft.of("redis", version, 3, 1);

        assertThat(codes(draft)).containsExactlyInAnyOrder("TC105", "TC106");
    }

    @Test
    void debiansPackageWithAllFixesHasNoFinding() {
        FactsDraft draft = FactsDraft.of("redis", "7.0.15", 3, 1);
        draft.nodes.forEach(node -> node.info.put("redis_build_id", "ae4d7c971a948f0"));
        draft.useTls();

        assertThat(examine(draft)).isEmpty();
    }

    @Test
    void aServerThatDoesNotExplainItsCategoriesIsUnknown() {
        FactsDraft draft = FactsDraft.of("redis", "6.2.24", 3, 1);
        draft.useAcl();
        for (FactsDraft.Node node : draft.nodes) {
            node.acl = List.of(
                    "user default off ~* &* +@all",
                    "user token-cache on # ~tc:* resetchannels &tc:revoked -@all +@scripting +@hash +pexpire +readonly"
                            + " -hincrbyfloat +ping +cluster|info +cluster|myid +cluster|nodes +cluster|slots -hmset +publish"
                            + " -hsetnx +del -script +set -hrandfield +time +asking +zcount +zrangebyscore -hvals +exists +get"
                            + " +wait +info +zrem -hstrlen +pttl +subscribe +zadd");
        }

        assertThat(examine(draft))
                .extracting(Finding::code, Finding::status)
                .containsExactly(tuple("TC103", Status.UNKNOWN));
    }

    @Test
    void aDeadMasterIsNotRepeatedByOtherChecks() {
        FactsDraft draft = FactsDraft.sound();
        draft.node(0).flags = Set.of("fail");
        draft.meet();
        draft.node(0).refuse("ALL", "connection refused");

        // Until its replica is promoted, its slots have no master.
        assertThat(codes(draft)).containsExactlyInAnyOrder("TC208", "TC210");
    }

    @Test
    void aDeadReplicaLeavesItsMasterWithoutOne() {
        FactsDraft draft = FactsDraft.sound();
        draft.node(4).flags = Set.of("fail");
        draft.meet();
        draft.node(4).refuse("ALL", "connection refused");

        assertThat(codes(draft)).containsExactlyInAnyOrder("TC201", "TC210");
    }

    @Test
    void aRefusedCommandIsUnknownAndSaidOncePerCheck() {
        FactsDraft draft = FactsDraft.sound();
        draft.nodes.forEach(node -> node.refuse("CONFIG", "the server refuses CONFIG GET"));

        List<Finding> findings = examine(draft);

        assertThat(findings).isNotEmpty().allSatisfy(it -> {
            assertThat(it.status()).isEqualTo(Status.UNKNOWN);
            assertThat(it.subject()).isEqualTo("cluster");
            assertThat(it.evidence()).isEqualTo("the server refuses CONFIG GET");
        });
        assertThat(findings).extracting(Finding::code).doesNotHaveDuplicates().contains("TC206", "TC301");
    }

    @Test
    void withoutTheMapOnlyItsChecksAreUnknown() {
        FactsDraft draft = FactsDraft.sound();
        draft.nodes.forEach(node -> node.refuse("NODES", "the server refuses CLUSTER NODES"));

        assertThat(examine(draft)).allMatch(finding -> finding.status() == Status.UNKNOWN);
        assertThat(codes(draft)).containsExactlyInAnyOrder("TC201", "TC202", "TC203", "TC204", "TC208", "TC211");
    }

    @Test
    void checksOfAServiceNeedOne() {
        FactsDraft draft = FactsDraft.sound();
        draft.hasService = false;

        assertThat(examine(draft)).isEmpty();
    }

    @Test
    void withoutHeartbeatsOnlyTheChecksOfInstancesAreUnknown() {
        FactsDraft draft = FactsDraft.sound();
        draft.journal = new Journal(100, 1, 1, "");
        draft.instances = null;

        assertThat(examine(draft))
                .extracting(Finding::code, Finding::status)
                .containsExactlyInAnyOrder(
                        tuple("TC501", Status.UNKNOWN), tuple("TC502", Status.UNKNOWN), tuple("TC503", Status.ERROR));
    }

    @Test
    void redis7RaisesTheLimitOfReplicas() {
        FactsDraft draft = FactsDraft.sound();
        draft.configureAll("client-output-buffer-limit", "normal 0 0 0 slave 33554432 1 60 pubsub 1 1 1");

        assertThat(examine(draft)).isEmpty();
    }

    @Test
    void aPasswordRotationIsNoDifference() {
        FactsDraft draft = FactsDraft.sound();
        for (FactsDraft.Node node : draft.nodes) {
            node.acl = List.of("user default on # # ~* &* +@all");
            node.config.put("masterauth", "f2");
        }

        assertThat(examine(draft)).isEmpty();
    }

    private static Set<String> codes(FactsDraft draft) {
        return examine(draft).stream().map(Finding::code).collect(Collectors.toSet());
    }

    private static List<Finding> examine(FactsDraft draft) {
        ClusterFacts facts = draft.facts();
        return Checks.all().stream()
                .flatMap(check -> check.examine(facts).stream())
                .toList();
    }
}
