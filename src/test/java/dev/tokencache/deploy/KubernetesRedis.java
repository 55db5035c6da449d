package dev.tokencache.deploy;

import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.RespException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Six Redis nodes, started by the scripts of {@code deploy/redis} like the pods of
 * {@code deploy/kubernetes/overlays/with-redis}. Each has a folder that survives a restart, and its own address, which
 * may change.
 */
final class KubernetesRedis implements AutoCloseable {

    static final int NODES = 6;

    private static final String USER = "operator";
    private static final Path SCRIPTS = Path.of("deploy/redis").toAbsolutePath();
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** The highest usable port: the port of the cluster bus is 10000 higher. */
    private static final int MAX_PORT = 55_535;

    private final Path folder;
    private final Path passwordFile;
    private final Path servicePasswordFile;
    private final int port;
    private final Process[] processes = new Process[NODES];
    private String network;

    private KubernetesRedis(Path folder, Path passwordFile, Path servicePasswordFile, int port, String network) {
        this.folder = folder;
        this.passwordFile = passwordFile;
        this.servicePasswordFile = servicePasswordFile;
        this.port = port;
        this.network = network;
    }

    /**
     * Starts six nodes that have not met each other.
     *
     * @param passwordFile the password of the nodes and the scripts
     * @param servicePasswordFile the password of the service's user
     */
    static KubernetesRedis start(Path passwordFile, Path servicePasswordFile) throws IOException {
        ExternalTool.require("redis-server");
        return start(
                newFolder(),
                passwordFile.toAbsolutePath(),
                servicePasswordFile.toAbsolutePath(),
                freePort(),
                network());
    }

    private static Path newFolder() throws IOException {
        return Files.createTempDirectory(Files.createDirectories(Path.of("target/deploy")), "redis-")
                .toAbsolutePath();
    }

    private static KubernetesRedis start(
            Path folder, Path passwordFile, Path servicePasswordFile, int port, String network) {
        KubernetesRedis nodes = new KubernetesRedis(folder, passwordFile, servicePasswordFile, port, network);
        Runtime.getRuntime().addShutdownHook(new Thread(nodes::killAll));
        IntStream.range(0, NODES).forEach(nodes::start);
        return nodes;
    }

    /** Starts a copy of these nodes, which must have been killed, at the addresses that they had. */
    KubernetesRedis startCopy() throws IOException {
        Path copy = newFolder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(folder.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        return start(copy, passwordFile, servicePasswordFile, port, network);
    }

    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket socket = new ServerSocket(0)) {
                if (socket.getLocalPort() <= MAX_PORT) {
                    return socket.getLocalPort();
                }
            }
        }
    }

    /** A random part of 127.0.0.0/8, which is loopback as a whole. */
    private static String network() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "127." + random.nextInt(1, 255) + "." + random.nextInt(1, 255) + ".";
    }

    /** Starts a node with the container's command. */
    void start(int node) {
        try {
            Path own = Files.createDirectories(home(node));
            Files.createDirectories(own.resolve("data"));
            Files.createDirectories(own.resolve("run"));
            ProcessBuilder builder = new ProcessBuilder(script("start-node"))
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(own.resolve("log").toFile()));
            builder.environment().putAll(environment(node));
            processes[node] = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a script in a node's environment, as a hook or a probe of its pod. */
    ExternalTool.Result run(int node, String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of(script(script)));
        command.addAll(Arrays.asList(arguments));
        return ExternalTool.run(environment(node), command);
    }

    /** Runs a script for several nodes in parallel. */
    List<ExternalTool.Result> runAll(List<Integer> nodes, String script, String... arguments) {
        List<CompletableFuture<ExternalTool.Result>> runs = nodes.stream()
                .map(node -> CompletableFuture.supplyAsync(() -> run(node, script, arguments)))
                .toList();
        return runs.stream().map(CompletableFuture::join).toList();
    }

    private static String script(String name) {
        return SCRIPTS.resolve(name).toString();
    }

    private Map<String, String> environment(int node) {
        return Map.ofEntries(
                // After a failed election Redis starts the next one four node timeouts later.
                Map.entry("REDIS_PATIENCE", "60"),
                Map.entry("REDIS_USER", USER),
                Map.entry("REDIS_PASSWORD_FILE", passwordFile.toString()),
                Map.entry("REDIS_SERVICE_PASSWORD_FILE", servicePasswordFile.toString()),
                Map.entry(
                        "REDIS_DOCTOR_PASSWORD_FILE",
                        servicePasswordFile
                                .resolveSibling("redis-doctor-password")
                                .toString()),
                Map.entry("REDIS_MAXMEMORY", "100mb"),
                Map.entry("REDIS_ADDRESS", address(node)),
                Map.entry("REDIS_BIND", address(node)),
                Map.entry("REDIS_PORT", Integer.toString(port)),
                Map.entry("REDIS_DATA", home(node).resolve("data").toString()),
                Map.entry("REDIS_RUN", home(node).resolve("run").toString()));
    }

    private Path home(int node) {
        return folder.resolve(Integer.toString(node));
    }

    private String address(int node) {
        return network + (node + 1);
    }

    /** The arguments of the scripts: host:port of each node. */
    String[] names() {
        return IntStream.range(0, NODES)
                .mapToObj(node -> address(node) + ":" + port)
                .toArray(String[]::new);
    }

    /** Kills a node, like the loss of its machine. */
    void kill(int node) {
        processes[node].destroyForcibly();
        processes[node].onExit().join();
    }

    void killAll() {
        IntStream.range(0, NODES).forEach(this::kill);
    }

    /** Deletes the data of a stopped node. */
    void loseData(int node) {
        delete(home(node).resolve("data"));
    }

    /** Gives all nodes other addresses from their next start on. */
    void changeAddresses() {
        String old = network;
        while (network.equals(old)) {
            network = network();
        }
    }

    /** Sends a command and returns the reply as text. */
    String ask(int node, String... command) {
        try (RespClient client = connect(node)) {
            client.send("AUTH", USER, Files.readString(passwordFile).strip());
            return client.text(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens a connection that is not authenticated. */
    RespClient connect(int node) {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address(node), port), (int) TIMEOUT.toMillis());
            socket.setSoTimeout((int) TIMEOUT.toMillis());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new RespClient(socket);
    }

    boolean answers(int node) {
        try {
            return ask(node, "PING").equals("PONG");
        } catch (UncheckedIOException | RespException notYet) {
            return false;
        }
    }

    boolean isMaster(int node) {
        return ask(node, "INFO", "replication").contains("role:master");
    }

    String id(int node) {
        return ask(node, "CLUSTER", "MYID");
    }

    /** The id of a replica's master; "-" for a master. */
    String masterOf(int node) {
        return ask(node, "CLUSTER", "NODES")
                .lines()
                .filter(line -> line.contains("myself"))
                .map(line -> line.split(" ", -1)[3])
                .findFirst()
                .orElseThrow();
    }

    /** The command line of a node, which every user of the machine can read. */
    String commandLine(int node) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(processes[node].pid()), "cmdline"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String log(int node) {
        try {
            return Files.readString(home(node).resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        killAll();
        delete(folder);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
