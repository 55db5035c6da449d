package dev.tokencache.testing;

import dev.tokencache.devmode.ClusterSpec;
import dev.tokencache.devmode.EmbeddedCluster;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A six-node Redis Cluster with a password, one for all tests of a JVM: {@code
 * @WithTestResource(RedisClusterResource.class)}, or {@link #cluster} where there is no Quarkus. A test may break it; it is
 * healed before the next restart of the service, and a test class that breaks it calls {@link EmbeddedCluster#heal}
 * after each test.
 */
public final class RedisClusterResource implements QuarkusTestResourceLifecycleManager {

    private static final String PASSWORD = "redis-cluster-resource";

    /** Holds the folder. Quarkus loads tests and test resources by many class loaders, so no static field would do. */
    private static final String FOLDER_PROPERTY = "tokencache.test.redis-cluster";

    /** The cluster, started if this is the first to ask for it. */
    public static EmbeddedCluster cluster() {
        String folder = System.getProperty(FOLDER_PROPERTY);
        if (folder != null) {
            return EmbeddedCluster.attach(Path.of(folder));
        }
        EmbeddedCluster cluster = EmbeddedCluster.start(
                // A server of a busy machine that stands still for two seconds is not to lose its place.
                ClusterSpec.ofSixNodes(PASSWORD).withNodeTimeout(Duration.ofSeconds(5)));
        System.setProperty(FOLDER_PROPERTY, cluster.folder().toString());
        return cluster;
    }

    @Override
    public Map<String, String> start() {
        EmbeddedCluster cluster = cluster();
        cluster.heal();
        Map<String, String> settings = new HashMap<>(ServiceProcess.PATIENCE);
        settings.put("quarkus.redis.hosts", cluster.hosts());
        settings.put("quarkus.redis.password", cluster.password());
        return settings;
    }

    /** Leaves it to the next test class; it ends with the JVM. */
    @Override
    public void stop() {}
}
