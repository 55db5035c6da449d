package dev.tokencache.devmode;

import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
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

    private static final Pattern PASSWORD = Pattern.compile("[!#-\\[\\]-~]+");

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
        RedisServers servers = servers();
        Optional<Path> running = running();
        if (running.filter(servers::areIn).isPresent()) {
            servers.awaitHealthy(running.get());
            return;
        }
        running.ifPresent(RedisServers::stop);
        servers.portInUse().ifPresent(this::refuse);
        Path folder = servers.start(config.redisServer().orElse(null));
        System.setProperty(FOLDER_PROPERTY, folder.toString());
        servers.awaitHealthy(folder);
        LOG.infof("Redis Cluster for dev mode started; ports=%s%n%s", servers.ports(), greeting(httpPort));
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

    /** The folder of the running cluster. */
    static Optional<Path> running() {
        return Optional.ofNullable(System.getProperty(FOLDER_PROPERTY))
                .map(Path::of)
                .filter(folder -> Files.exists(folder.resolve(RedisServers.CONFIGURATION)));
    }

    private RedisServers servers() {
        if (!PASSWORD.matcher(password).matches()) {
            throw new ConfigurationException(
                    "quarkus.redis.password must be ASCII without blanks, quotes and backslashes");
        }
        return new RedisServers(
                IntStream.range(0, NODES)
                        .mapToObj(node -> config.portPrefix() * 10 + node)
                        .toList(),
                password);
    }

    private void refuse(int port) {
        throw new ConfigurationException("Dev mode needs port " + port
                + " of 127.0.0.1 for its Redis Cluster, but another program uses it. Stop that program, or choose"
                + " other ports with tokencache.dev.port-prefix (now " + config.portPrefix()
                + "), or use your own Redis with tokencache.dev.cluster=false.");
    }
}
