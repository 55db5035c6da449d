package dev.tokencache.testing;

import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.TestCluster;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A six-node Redis Cluster with a password, shared by all tests of a JVM. Quarkus tests use {@code
 * @WithTestResource(RedisClusterResource.class)}, others {@link #cluster}. A test class that breaks it calls
 * {@link TestCluster#heal} after each test. It is also healed before each start of the service.
 */
public final class RedisClusterResource implements QuarkusTestResourceLifecycleManager {

    private static final String PASSWORD = "redis-cluster-resource";

    /** A system property that holds the folder. Quarkus uses several class loaders, so a static field would not be shared. */
    private static final String FOLDER_PROPERTY = "tokencache.test.redis-cluster";

    /** The cluster; the first call starts it. */
    public static TestCluster cluster() {
        String folder = System.getProperty(FOLDER_PROPERTY);
        if (folder != null) {
            return TestCluster.attach(Path.of(folder));
        }
        TestCluster cluster = TestCluster.start(
                // A server that stalls for two seconds on a busy machine must not be failed over.
                ClusterSpec.ofSixNodes(PASSWORD).withNodeTimeout(Duration.ofSeconds(5)));
        System.setProperty(FOLDER_PROPERTY, cluster.folder().toString());
        return cluster;
    }

    @Override
    public Map<String, String> start() {
        TestCluster cluster = cluster();
        cluster.heal();
        Map<String, String> settings = new HashMap<>(ServiceProcess.PATIENCE);
        settings.put("quarkus.redis.hosts", cluster.hosts());
        settings.put("quarkus.redis.password", cluster.password());
        return settings;
    }

    /** Does nothing: the next test class uses the cluster, which ends with the JVM. */
    @Override
    public void stop() {}
}
