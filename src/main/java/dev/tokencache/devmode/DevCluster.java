package dev.tokencache.devmode;

import dev.tokencache.devmode.Ports.PortInUseException;
import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Starts the Redis Cluster of dev mode before other beans connect to it. It survives live reloads. */
@Singleton
@IfBuildProfile("dev")
final class DevCluster {

    private static final Logger LOG = Logger.getLogger(DevCluster.class);

    /** A system property that holds the folder of the running cluster: a live reload loses static fields. */
    private static final String FOLDER_PROPERTY = "dev.tokencache.devmode.folder";

    private static final int NODES = 6;

    private final DevConfig config;
    private final String password;
    private final int httpPort;

    DevCluster(
            DevConfig config,
            @ConfigProperty(name = "quarkus.redis.password", defaultValue = "dev") String password,
            @ConfigProperty(name = "quarkus.http.port", defaultValue = "8080") int httpPort) {
        this.config = config;
        this.password = password;
        this.httpPort = httpPort;
    }

    /** @throws ConfigurationException naming the port and the property, if a port is in use */
    void start(@Observes @Priority(1) StartupEvent event) {
        if (!config.cluster()) {
            return;
        }
        Optional<EmbeddedCluster> running = running();
        if (running.filter(this::matchesConfig).isPresent()) {
            running.get().heal();
            return;
        }
        running.ifPresent(EmbeddedCluster::close);
        EmbeddedCluster started = startNew();
        System.setProperty(FOLDER_PROPERTY, started.folder().toString());
        LOG.infof("Redis Cluster for dev mode: %s%n%s", started.hosts(), greeting(httpPort));
    }

    /** Lines for a POSIX shell: create a token, validate it as a web server would, expire it. */
    static String greeting(int httpPort) {
        return """
                Try it, in another terminal:

                token=$(curl -s -u dev:dev -H 'Content-Type: application/json' -d '{"sub":"alice"}' @API@/v1/tokens | sed 's/.*"token":"\\([^"]*\\)".*/\\1/'); echo "$token"
                curl -i -H "Authorization: Bearer $token" @API@/v1/auth
                curl -i -u dev:dev -H 'Content-Type: application/json' -d "{\\"token\\":\\"$token\\"}" @API@/v1/tokens/expire
                """.replace("@API@", "http://localhost:" + httpPort);
    }

    static Optional<EmbeddedCluster> running() {
        return Optional.ofNullable(System.getProperty(FOLDER_PROPERTY))
                .map(Path::of)
                .filter(Files::exists)
                .map(EmbeddedCluster::attach);
    }

    private boolean matchesConfig(EmbeddedCluster cluster) {
        return cluster.password().equals(password)
                && cluster.nodes().stream().map(RedisNode::port).toList().equals(ports());
    }

    private EmbeddedCluster startNew() {
        ClusterSpec spec = ClusterSpec.ofSixNodes(password).withPorts(ports());
        try {
            return EmbeddedCluster.start(
                    config.redisServer().map(spec::withExecutable).orElse(spec));
        } catch (PortInUseException e) {
            throw new ConfigurationException("Dev mode needs port " + e.port()
                    + " of 127.0.0.1 for its Redis Cluster, but another program uses it. Stop that program, or choose"
                    + " other ports with tokencache.dev.port-prefix (now " + config.portPrefix()
                    + "), or use your own Redis with tokencache.dev.cluster=false.");
        }
    }

    private List<Integer> ports() {
        return IntStream.range(0, NODES)
                .mapToObj(node -> config.portPrefix() * 10 + node)
                .toList();
    }
}
