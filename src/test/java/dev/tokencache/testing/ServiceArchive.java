package dev.tokencache.testing;

import dev.tokencache.testing.ServiceClient.Route;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An archive of the classes that the service loads (class data sharing). The build creates it once, before the integration
 * tests. They start the service more than a hundred times, and each start with the archive costs half as much CPU time.
 */
public final class ServiceArchive {

    /** A call of a cold service may time out on a busy machine. */
    private static final int MAX_ATTEMPTS = 20;

    private ServiceArchive() {}

    /** The JVM options of a start with the archive; none if it was not created. */
    static List<String> options() {
        Path archive = path();
        // Without a matching archive a JVM starts as usual. Its warning must not get into the service's log.
        return Files.exists(archive) ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable") : List.of();
    }

    private static Path path() {
        return Path.of(System.getProperty("tokencache.jar")).getParent().resolveSibling("service.jsa");
    }

    /** Creates the archive: starts the service, calls it, and stops it. */
    public static void main(String[] arguments) throws IOException {
        Files.deleteIfExists(path());
        ClusterSpec spec = ClusterSpec.ofSixNodes("archive").withNodes(1, 0);
        try (TestCluster cluster = TestCluster.start(spec);
                ServiceProcess service = ServiceProcess.launch(new ProcessBuilder(command(cluster)))) {
            service.awaitStarted();
            call(service);
            service.stop();
        }
    }

    private static List<String> command(TestCluster cluster) {
        Map<String, String> settings = new HashMap<>(ServiceProcess.settings(cluster));
        settings.put("quarkus.shutdown.delay", "0S");
        List<String> options = new ArrayList<>(ServiceProcess.options(settings));
        options.add("-XX:ArchiveClassesAtExit=" + path());
        return ServiceProgram.command(options);
    }

    private static void call(ServiceProcess service) {
        ServiceClient client = new ServiceClient(service);
        String token = Stream.generate(() -> client.create("person").join())
                .limit(MAX_ATTEMPTS)
                .flatMap(written -> written.token().stream())
                .findFirst()
                .orElseThrow();
        for (Route route : Route.values()) {
            client.validate(token, route).join();
        }
        client.renew(token).join();
        client.expire(token).join();
        client.expireSubject("person").join();
        client.readiness();
        client.readReplicas();
    }
}
