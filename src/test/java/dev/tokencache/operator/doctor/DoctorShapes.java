package dev.tokencache.operator.doctor;

import dev.tokencache.testing.TestCertificate;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runs doctor on sound clusters of different shape in turn, and prints a table of its findings: {@code
 * bench/doctor-shapes}. Its argument is a folder of servers, named such as {@code redis-server-7.2.6}. Exits with 1 if a finding
 * is not expected.
 */
public final class DoctorShapes {

    private static final String PASSWORD = "doctor-shapes";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private enum Access {
        PASSWORD,
        TLS,
        ACL
    }

    private record Shape(Path server, ServerVersion version, int masters, int replicas, Access access) {

        /** Redis 3 cannot announce another address than its own, so its nodes are on one host. */
        boolean isOnOneHost() {
            return version.isBefore("4.0") && version.product().equals("redis");
        }

        /** Published vulnerabilities of this version are right to be found. */
        Set<String> expected(String buildId) {
            Set<String> codes = new TreeSet<>(isOnOneHost() ? Set.of("TC202", "TC203") : Set.of());
            Stream.of("TC105", "TC106")
                    .filter(code -> !Vulnerabilities.SHIPPED
                            .open(code, version, buildId, access == Access.TLS)
                            .isEmpty())
                    .forEach(codes::add);
            return codes;
        }

        @Override
        public String toString() {
            return "| %s | %d | %d | %s |"
                    .formatted(version, masters, replicas, access.name().toLowerCase());
        }
    }

    private final Vertx vertx = Vertx.vertx();
    private final Path folder = Files.createTempDirectory("doctor-shapes-");
    private final TestCertificate.Authority authority = TestCertificate.authority(folder);
    private final TestCertificate certificate = authority.signForThreeHosts(365);

    private DoctorShapes() throws IOException {}

    public static void main(String[] arguments) throws IOException {
        DoctorShapes doctor = new DoctorShapes();
        int unexpected = 0;
        System.out.println("| server | masters | replicas each | access | findings |\n| --- | --- | --- | --- | --- |");
        for (Shape shape : shapes(Path.of(arguments[0]))) {
            unexpected += doctor.examine(shape) ? 0 : 1;
        }
        System.out.println(unexpected + " shapes with unexpected findings");
        System.exit(unexpected == 0 ? 0 : 1);
    }

    private static List<Shape> shapes(Path servers) throws IOException {
        try (Stream<Path> files = Files.list(servers)) {
            return files.sorted().flatMap(DoctorShapes::shapesOf).toList();
        }
    }

    private static Stream<Shape> shapesOf(Path server) {
        String[] name = server.getFileName().toString().split("-server-");
        ServerVersion version = new ServerVersion(name[0], name[1]);
        Stream<Shape> plain = Stream.of(
                new Shape(server, version, 3, 1, Access.PASSWORD), new Shape(server, version, 6, 2, Access.PASSWORD));
        Stream<Shape> since6 =
                Stream.of(new Shape(server, version, 3, 2, Access.TLS), new Shape(server, version, 6, 1, Access.ACL));
        return version.hasFeaturesOf("6.0") ? Stream.concat(plain, since6) : plain;
    }

    /** Prints a row of the table. Returns whether it is as expected. */
    private boolean examine(Shape shape) throws IOException {
        ClusterSpec spec = ClusterSpec.ofSixNodes(PASSWORD)
                .withNodes(shape.masters(), shape.replicas())
                .withExecutable(shape.isOnOneHost() ? shape.server() : announcing(shape))
                .withExtraLines(
                        "bind 127.0.0.1 127.0.0.2 127.0.0.3",
                        "maxmemory 50mb",
                        "maxmemory-policy volatile-ttl",
                        "appendonly yes");
        try (TestCluster cluster = TestCluster.start(
                shape.access() != Access.TLS
                        ? spec
                        : spec.withTls(certificate.certificate(), certificate.key(), authority.certificate()))) {
            String info = sendAll(cluster, "INFO", "server");
            sendAll(cluster, "SLOWLOG", "RESET");
            LiveFacts live = new LiveFacts(vertx, cluster, "", null);
            String user = "default";
            if (shape.access() == Access.TLS) {
                live = new LiveFacts(vertx, cluster, "", authority.certificate());
            } else if (shape.access() == Access.ACL) {
                useAcl(cluster, shape);
                live = new LiveFacts(vertx, cluster, "doctor", null);
                user = "token-cache";
            }
            Set<String> expected = shape.expected(info.replaceFirst("(?s).*redis_build_id:(\\S+).*", "$1"));
            List<Finding> findings = await(live, user, expected);
            Set<String> codes = codes(findings);
            System.out.println(shape + " " + (codes.isEmpty() ? "none" : String.join(", ", codes)) + " |");
            findings.stream().filter(it -> !expected.contains(it.code())).forEach(it -> System.out.println("! " + it));
            return codes.equals(expected);
        }
    }

    /** The server announces the next of three hosts, so that neither the copies of a shard nor most masters are on one. */
    private Path announcing(Shape shape) throws IOException {
        int masters = shape.masters();
        Path hosts = Files.write(
                folder.resolve("hosts"),
                IntStream.range(0, masters * (1 + shape.replicas()))
                        .map(i -> i < masters ? i : (i - masters) % masters + i / masters)
                        .mapToObj(host -> "127.0.0." + (1 + host % 3))
                        .toList());
        Path script = Files.writeString(folder.resolve("redis-server"), """
                #!/bin/sh
                host=$(sed -n 1p '%1$s')
                sed -i 1d '%1$s'
                exec '%2$s' "$@" --cluster-announce-ip "$host"
                """.formatted(
                        hosts, shape.server().toAbsolutePath()));
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** As {@code deploy/redis/start-node} does. Redis 6.0 has no channel permissions. */
    private static void useAcl(TestCluster cluster, Shape shape) throws IOException {
        boolean hasChannels = shape.version().hasFeaturesOf("6.2");
        sendAll(
                cluster,
                ("ACL SETUSER operator on >" + PASSWORD + " ~* +@all" + (hasChannels ? " &*" : "")).split(" "));
        for (String line : Files.readAllLines(Path.of("deploy/redis/users.acl"))) {
            if (line.startsWith("user ")) {
                String rights = hasChannels ? line : line.replaceFirst(" resetchannels( &\\S+)?", "");
                sendAll(cluster, ("ACL SETUSER " + rights.substring(5) + " >" + PASSWORD).split(" "));
            }
        }
        sendAll(cluster, "CONFIG", "SET", "masteruser", "operator");
        sendAll(cluster, "ACL", "SETUSER", "default", "off");
    }

    private static String sendAll(TestCluster cluster, String... command) {
        String reply = "";
        for (TestNode node : cluster.nodes()) {
            try (RespClient client = node.connect()) {
                reply = client.text(command);
            }
        }
        return reply;
    }

    /** A new cluster settles within seconds. */
    private static List<Finding> await(LiveFacts live, String user, Set<String> expected) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            List<Finding> findings = live.examine(PASSWORD, user);
            if (codes(findings).equals(expected) || System.nanoTime() - end > 0) {
                return findings;
            }
        }
    }

    private static Set<String> codes(List<Finding> findings) {
        return findings.stream().map(Finding::code).collect(Collectors.toCollection(TreeSet::new));
    }
}
