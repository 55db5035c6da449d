package dev.tokencache.operator.console;

import dev.tokencache.testing.OldRedis;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.EmbeddedCluster;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;

/** A service with a near cache, a journal and a migration, so that each page of its console has all its parts. */
final class ConsoleSite implements AutoCloseable {

    /** A caller of the console that may not expire anything. */
    static final String VIEWER = "viewer";

    /** A caller with every role but {@code admin}. */
    static final String PROGRAM = "program";

    /** As {@link #VIEWER}, until {@link #dismissGuest}. */
    static final String GUEST = "guest";

    final TestCluster cluster = RedisClusterResource.cluster();
    final String keyPrefix = "console" + UUID.randomUUID() + ":";
    final ServiceProcess service;
    final ServiceApi api;
    /** Without a slash at the end, as an origin. */
    final URI management;

    private final OldRedis old = OldRedis.start();
    private final Path folder;

    ConsoleSite() {
        cluster.heal();
        try {
            folder = Files.createTempDirectory("token-cache-console-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        writeReloadable(ServiceProcess.caller(GUEST, GUEST, "admin"));
        service = ServiceProcess.start(settings());
        api = ServiceApi.of(service);
        management = service.managementUri();
        changePhase(Map.of("phase", "mirror", "mirror_percent", 10, "force", true));
        changePhase(Map.of("phase", "ramp", "read_percent", 50, "force", true));
        Awaitility.await("every instance to follow")
                .atMost(Duration.ofSeconds(30))
                .until(() -> api.list("nobody").statusCode() == 200);
    }

    private Map<String, String> settings() {
        Map<String, String> settings = ServiceProcess.settings(cluster);
        settings.putAll(ServiceProcess.caller(VIEWER, VIEWER, "admin"));
        settings.putAll(ServiceProcess.caller(PROGRAM, PROGRAM, "issue,validate,revoke"));
        settings.put("quarkus.config.locations", "file:" + reloadable());
        settings.put("tokencache.redis.key-prefix", keyPrefix);
        settings.put("tokencache.near-cache.max-age", "2s");
        settings.put("tokencache.journal.kind", "local");
        settings.put(
                "tokencache.journal.local.path", folder.resolve("journal.db").toString());
        settings.put("tokencache.migration.legacy.hosts", old.host());
        settings.put("tokencache.migration.legacy.password", OldRedis.PASSWORD);
        settings.put("tokencache.drill.user", "default");
        settings.put("tokencache.drill.password", cluster.password());
        settings.put("tokencache.drill.hours", "00:00-23:59");
        settings.put("quarkus.log.handler.file.audit.enabled", "true");
        settings.put("quarkus.log.handler.file.audit.path", auditLog().toString());
        settings.put("quarkus.log.handler.file.audit.format", "%s%n");
        settings.put("quarkus.log.category.\"tokencache.audit\".handlers", "audit");
        settings.put("quarkus.shutdown.delay", "0S");
        return settings;
    }

    private void changePhase(Map<String, ?> change) {
        Awaitility.await("the state of the migration")
                .atMost(Duration.ofSeconds(30))
                .until(() -> operator()
                                .baseUri(service.baseUri().toString())
                                .contentType("application/json")
                                .body(change)
                                .put("/v1/admin/migration")
                                .statusCode()
                        == 200);
    }

    private Path reloadable() {
        return folder.resolve("reloadable.properties");
    }

    private void writeReloadable(Map<String, String> properties) {
        List<String> lines = properties.entrySet().stream()
                .map(property -> property.getKey() + "=" + property.getValue())
                .toList();
        try {
            Files.write(reloadable(), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void dismissGuest() {
        writeReloadable(Map.of());
        api.reload().then().statusCode(200);
    }

    private Path auditLog() {
        return folder.resolve("audit.log");
    }

    List<String> auditLines() {
        try {
            return Files.readAllLines(auditLog());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address of a page, or of anything else below {@code /console/}. */
    URI page(String name) {
        return management.resolve("/console/" + name);
    }

    /** A request of a caller to the management port. */
    RequestSpecification as(String caller, String secret) {
        return RestAssured.given()
                .baseUri(management.toString())
                .redirects()
                .follow(false)
                .auth()
                .preemptive()
                .basic(caller, secret);
    }

    RequestSpecification operator() {
        return as(ServiceProcess.CALLER, ServiceProcess.SECRET);
    }

    void runDoctor() {
        operator()
                .header("Origin", management.toString())
                .contentType("application/x-www-form-urlencoded")
                .post("/console/doctor/run")
                .then()
                .statusCode(303);
    }

    /** Writes a field of a hash, as any client of Redis with the password can do. */
    void writeField(String key, String field, String value) {
        String whole = keyPrefix + key;
        try (RespClient client = cluster.masterOf(cluster.slotOf(whole)).connect()) {
            client.send("HSET", whole, field, value);
        }
    }

    @Override
    public void close() {
        service.close();
        old.close();
        EmbeddedCluster.delete(folder);
    }
}
