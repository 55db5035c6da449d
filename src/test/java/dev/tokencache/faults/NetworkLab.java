package dev.tokencache.faults;

import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.ServiceProgram;
import dev.tokencache.testing.SystemPackage;
import dev.tokencache.testing.cluster.EmbeddedCluster;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.RespException;
import dev.tokencache.testing.cluster.TcpFaultProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.opentest4j.TestAbortedException;

/**
 * A Redis Cluster and services whose network can fail: each runs in a network namespace of its own, and all are connected by
 * a router. Needs root, {@code ip} and {@code redis-server}. The hosts 0 to 2 are the first masters, 3 to 5 their replicas.
 *
 * <p>The router drops packets silently, so that connections hang as in a real partition. Latency and loss come from
 * {@link TcpFaultProxy}.
 */
final class NetworkLab implements AutoCloseable {

    static final int NODES = 6;
    static final int SHARDS = 3;

    private static final int PORT = 6379;
    /** The host of this process. */
    static final int HERE = 9;
    /** Reserved for tests of networks (RFC 2544). */
    private static final String NETWORK = "198.18.";

    private static final String PASSWORD = "the-password-of-the-lab";
    private static final Path SCRIPTS = Path.of("deploy/redis").toAbsolutePath();
    private static final Pattern ROUTER = Pattern.compile("\\btc(\\d+)r\\b");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final String prefix = "tc" + ProcessHandle.current().pid();
    private final String router = prefix + "r";
    private final List<Integer> hosts = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final List<List<String>> rules = new ArrayList<>();
    private final List<ServiceProcess> services = new ArrayList<>();
    private final List<TcpFaultProxy> proxies = new ArrayList<>();
    private final Path folder;

    private NetworkLab() throws IOException {
        this.folder = Files.createTempDirectory("token-cache-lab-");
    }

    /** Starts the network and a cluster. Skips the test where that is not possible. */
    static NetworkLab start() {
        SystemPackage.require("iproute2", "/usr/sbin/ip");
        SystemPackage.require("redis-server", "/usr/bin/redis-server", "/usr/bin/redis-cli");
        NetworkLab lab;
        try {
            lab = new NetworkLab();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            claim();
            Runtime.getRuntime().addShutdownHook(new Thread(lab::deleteNetwork));
            try {
                lab.route();
            } catch (IllegalStateException e) {
                throw new TestAbortedException("network namespaces need root: " + e.getMessage());
            }
            lab.startNodes();
            return lab;
        } catch (RuntimeException | IOException e) {
            lab.close();
            throw e instanceof RuntimeException unchecked ? unchecked : new UncheckedIOException((IOException) e);
        }
    }

    /** Deletes what a killed run has left; skips the test while another run uses the addresses. */
    private static void claim() {
        Matcher labs = ROUTER.matcher(run("ip", "netns", "list"));
        while (labs.find()) {
            if (ProcessHandle.of(Long.parseLong(labs.group(1))).isPresent()) {
                throw new TestAbortedException("another test run uses the network of the lab");
            }
            tryRun("ip", "netns", "delete", labs.group());
        }
    }

    private void route() {
        run("ip", "netns", "add", router);
        run("ip", "netns", "exec", router, "sysctl", "-qw", "net.ipv4.ip_forward=1");
        run("ip", "link", "add", prefix + "h", "type", "veth", "peer", "name", "r" + HERE, "netns", router);
        run("ip", "address", "add", address(HERE) + "/24", "dev", prefix + "h");
        run("ip", "link", "set", prefix + "h", "up");
        attach(HERE);
        run("ip", "route", "add", NETWORK + "0.0/16", "via", gateway(HERE));
    }

    private void attach(int host) {
        run("ip", "-n", router, "address", "add", gateway(host) + "/24", "dev", "r" + host);
        run("ip", "-n", router, "link", "set", "r" + host, "up");
    }

    private void addHost(int host) {
        String name = namespace(host);
        run("ip", "netns", "add", name);
        hosts.add(host);
        run("ip", "link", "add", "lan", "netns", name, "type", "veth", "peer", "name", "r" + host, "netns", router);
        run("ip", "-n", name, "address", "add", address(host) + "/24", "dev", "lan");
        run("ip", "-n", name, "link", "set", "lan", "up");
        run("ip", "-n", name, "link", "set", "lo", "up");
        run("ip", "-n", name, "route", "add", "default", "via", gateway(host));
        attach(host);
    }

    private void startNodes() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        for (int node = 0; node < NODES; node++) {
            addHost(node);
            Path home = Files.createDirectory(folder.resolve(Integer.toString(node)));
            ProcessBuilder builder = inside(
                            node, List.of(SCRIPTS.resolve("start-node").toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("log").toFile());
            builder.environment()
                    .putAll(Map.of(
                            "REDIS_PASSWORD_FILE", password.toString(),
                            "REDIS_MAXMEMORY", "100mb",
                            "REDIS_BIND", address(node),
                            "REDIS_ADDRESS", address(node),
                            "REDIS_DATA", home.toString(),
                            "REDIS_RUN", home.toString()));
            processes.add(builder.start());
        }
        List<String> form =
                new ArrayList<>(List.of(SCRIPTS.resolve("form-cluster").toString()));
        IntStream.range(0, NODES).forEach(node -> form.add(address(node) + ":" + PORT));
        run(Map.of("REDIS_PASSWORD_FILE", password.toString(), "REDIS_PATIENCE", "60"), form);
    }

    private ProcessBuilder inside(int host, List<String> command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace(host)));
        all.addAll(command);
        return new ProcessBuilder(all);
    }

    private String namespace(int host) {
        return prefix + "n" + host;
    }

    private static String address(int host) {
        return NETWORK + host + ".2";
    }

    private static String gateway(int host) {
        return NETWORK + host + ".1";
    }

    /** Starts a service on a host of its own. */
    ServiceProcess startService(int host, Map<String, String> extraSettings) {
        return startService(host, extraSettings, NetworkLab::hostAndPort, List.of());
    }

    /** As {@link #startService}; the service reaches the nodes through {@link #proxies}. */
    ServiceProcess startServiceBehindProxies(int host, Map<String, String> extraSettings) {
        for (int node = 0; node < NODES; node++) {
            proxies.add(TcpFaultProxy.between(
                    new InetSocketAddress(address(HERE), 0), new InetSocketAddress(address(node), PORT)));
        }
        List<String> map = IntStream.range(0, NODES)
                .mapToObj(node -> hostAndPort(node) + "=" + proxied(node))
                .toList();
        return startService(host, extraSettings, this::proxied, map);
    }

    /** The connections of the service behind proxies, one for each node. */
    List<TcpFaultProxy> proxies() {
        return proxies;
    }

    private static String hostAndPort(int node) {
        return address(node) + ":" + PORT;
    }

    private String proxied(int node) {
        return address(HERE) + ":" + proxies.get(node).port();
    }

    private ServiceProcess startService(
            int host, Map<String, String> extra, IntFunction<String> nodes, List<String> addressMap) {
        addHost(host);
        Map<String, String> settings = new HashMap<>(ServiceProcess.callerAndKey());
        settings.put(
                "quarkus.redis.hosts",
                IntStream.range(0, NODES)
                        .mapToObj(node -> "redis://" + nodes.apply(node))
                        .collect(Collectors.joining(",")));
        settings.put("quarkus.redis.password", PASSWORD);
        if (!addressMap.isEmpty()) {
            settings.put("tokencache.redis.address-map", String.join(",", addressMap));
        }
        settings.putAll(extra);
        List<String> options = new ArrayList<>(List.of(
                "-Xmx256m",
                "-Dquarkus.http.host=" + address(host),
                "-Dquarkus.http.port=0",
                "-Dquarkus.management.host=" + address(host),
                "-Dquarkus.management.port=0"));
        settings.forEach((name, value) -> options.add("-D" + name + "=" + value));
        ServiceProcess service = ServiceProcess.launch(inside(host, ServiceProgram.command(options)));
        services.add(service);
        service.awaitStarted();
        return service;
    }

    /** Drops all packets from one host to another. */
    void drop(int from, int to) {
        rule("from", address(from), "to", address(to));
    }

    /** Drops all packets between a host and these others. */
    void cut(int host, List<Integer> others) {
        for (int other : others) {
            drop(host, other);
            drop(other, host);
        }
    }

    /** Drops the packets of the cluster bus between a node and all others; clients still reach it. */
    void cutBus(int node) {
        for (int other : others(node)) {
            for (String end : List.of("dport", "sport")) {
                rule(
                        "from",
                        address(node),
                        "to",
                        address(other),
                        "ipproto",
                        "tcp",
                        end,
                        Integer.toString(PORT + 10_000));
                rule(
                        "from",
                        address(other),
                        "to",
                        address(node),
                        "ipproto",
                        "tcp",
                        end,
                        Integer.toString(PORT + 10_000));
            }
        }
    }

    /** All nodes except this one. */
    List<Integer> others(int node) {
        return IntStream.range(0, NODES).filter(other -> other != node).boxed().toList();
    }

    private void rule(String... selector) {
        List<String> rule = List.of(selector);
        change("add", rule);
        rules.add(rule);
    }

    private void change(String action, List<String> rule) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", router, "rule", action, "blackhole"));
        command.addAll(rule);
        run(command.toArray(String[]::new));
    }

    /** Repairs the network. */
    void mend() {
        rules.forEach(rule -> change("delete", rule));
        rules.clear();
        proxies.forEach(TcpFaultProxy::mend);
    }

    /** Repairs the network, and waits until every shard has a master and a replica in sync. */
    void heal() {
        mend();
        Awaitility.await("the cluster to be healthy")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> IntStream.range(0, NODES).allMatch(this::isHealthy));
    }

    private boolean isHealthy(int node) {
        String info = ask(node, "INFO", "replication");
        String cluster = ask(node, "CLUSTER", "NODES");
        return ask(node, "CLUSTER", "INFO").contains("cluster_state:ok")
                && cluster.lines().allMatch(line -> !line.contains("fail") && line.contains(" connected"))
                && (info.contains("role:master") ? info.contains("state=online") : info.contains("link_status:up"));
    }

    /** The node that is master of a shard. */
    int masterOf(int shard) {
        return IntStream.of(shard, SHARDS + shard)
                .filter(node -> ask(node, "INFO", "replication").contains("role:master"))
                .findFirst()
                .orElseThrow();
    }

    /** The version of the servers. */
    String redisVersion() {
        return ask(0, "INFO", "server")
                .lines()
                .filter(line -> line.startsWith("redis_version:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    /** Waits until the other node of a shard is its master. */
    void awaitPromotion(int oldMaster) {
        int replica = (oldMaster + SHARDS) % NODES;
        Awaitility.await("the promotion of node " + replica)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> ask(replica, "INFO", "replication").contains("role:master"));
    }

    private static String ask(int node, String... command) {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address(node), PORT), (int) TIMEOUT.toMillis());
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            try (RespClient client = new RespClient(socket)) {
                client.send("AUTH", PASSWORD);
                return client.text(command);
            }
        } catch (IOException | RespException e) {
            throw new IllegalStateException("node " + node + " does not reply", e);
        }
    }

    private static String run(String... command) {
        return run(Map.of(), List.of(command));
    }

    private static String run(Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(command.get(0) + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        services.forEach(ServiceProcess::close);
        proxies.forEach(TcpFaultProxy::close);
        processes.forEach(process -> process.destroyForcibly().onExit().join());
        deleteNetwork();
        EmbeddedCluster.delete(folder);
    }

    private void deleteNetwork() {
        processes.forEach(Process::destroyForcibly);
        hosts.forEach(host -> tryRun("ip", "netns", "delete", namespace(host)));
        tryRun("ip", "netns", "delete", router);
    }

    private static void tryRun(String... command) {
        try {
            run(command);
        } catch (IllegalStateException absent) {
            // The start failed before this existed.
        }
    }
}
