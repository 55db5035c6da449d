package dev.tokencache.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.TestCluster;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The lines of the audit log, with the settings from docs/configuration.md. */
class AuditLogIT {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String CALLER = " caller=" + ServiceProcess.CALLER + " ";
    private static final String FOREIGN = "another-systems-session-0123456789";
    private static final String CLAIM = "somebody@mail.example";

    private final TestCluster cluster = RedisClusterResource.cluster();

    @TempDir
    private Path folder;

    private Map<String, String> settings() {
        cluster.heal();
        Map<String, String> settings = ServiceProcess.settings(cluster);
        settings.put("quarkus.shutdown.delay", "0S");
        // Other tests leave tokens in the cluster, which a limit of tokens would end.
        settings.put("tokencache.redis.key-prefix", "audit:");
        return settings;
    }

    private static Map<String, String> toFile(Map<String, String> settings, Path file) {
        settings.put("quarkus.log.handler.file.audit.enabled", "true");
        settings.put("quarkus.log.handler.file.audit.path", file.toString());
        settings.put("quarkus.log.handler.file.audit.format", "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %s%n");
        settings.put("quarkus.log.category.\"tokencache.audit\".handlers", "audit");
        settings.put("quarkus.log.category.\"tokencache.audit\".use-parent-handlers", "false");
        return settings;
    }

    /** The lines without their timestamps. */
    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
    }

    @Test
    void shouldWriteALineForEachActionAndNoneForValidations() throws Exception {
        Path file = folder.resolve("audit.log");
        Map<String, String> settings = toFile(settings(), file);
        settings.put("tokencache.token.max-per-subject", "1");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            ServiceApi api = ServiceApi.of(service);
            Response created = api.create(Map.of("sub", "alice", "claims", Map.of("email", CLAIM)));
            String token = created.path("token");
            String jti = created.path("jti");
            String alice = jti.substring(0, 16);
            String foreignJti =
                    api.create(Map.of("sub", "bob", "token", FOREIGN)).path("jti");
            api.create(Map.of("sub", "alice", "token", FOREIGN)).then().statusCode(409);

            api.validate(token);
            api.validate(List.of(token, FOREIGN));
            api.introspect(token);
            api.forwardAuth(token);

            api.renew(token);
            api.read(jti);
            api.list("alice");
            api.expire(token);
            api.renew(token);
            api.revoke(FOREIGN);
            api.expire("short").then().statusCode(204);
            api.delete(foreignJti);
            api.expireSubject("alice");
            api.journal();
            String older = api.create(Map.of("sub", "carol")).path("jti");
            String newer = api.create(Map.of("sub", "carol")).path("jti");
            service.stop();

            assertThat(lines(file))
                    .containsExactly(
                            "action=create" + CALLER + "jti=" + jti + " result=done",
                            "action=create" + CALLER + "jti=" + foreignJti + " result=done",
                            "action=create" + CALLER + "subject=" + alice + " result=taken",
                            "action=renew" + CALLER + "jti=" + jti + " result=done",
                            "action=read" + CALLER + "jti=" + jti + " result=done",
                            "action=list" + CALLER + "subject=" + alice + " result=done",
                            "action=expire" + CALLER + "jti=" + jti + " result=done",
                            "action=renew" + CALLER + "jti=" + jti + " result=inactive",
                            "action=expire" + CALLER + "hash=" + foreignJti.substring(16) + " result=done",
                            "action=expire" + CALLER + "result=done",
                            "action=expire" + CALLER + "jti=" + foreignJti + " result=done",
                            "action=expire_subject" + CALLER + "subject=" + alice + " result=done",
                            "action=read_journal" + CALLER + "result=done",
                            "action=create" + CALLER + "jti=" + older + " result=done",
                            "action=create" + CALLER + "jti=" + newer + " result=done",
                            "action=evict" + CALLER + "jti=" + older + " result=done");
            assertThat(Files.readString(file) + service.output())
                    .doesNotContain(token, FOREIGN, ServiceProcess.SECRET, "alice", CLAIM);
            assertThat(service.output()).doesNotContain("action=");
        }
    }

    @Test
    void shouldLogAnUnknownResult() {
        Map<String, String> settings = settings();
        settings.put("quarkus.redis.hosts", "redis://127.0.0.1:1");
        settings.put("tokencache.redis.timeout", "500ms");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            ServiceApi.of(service).expireSubject("alice").then().statusCode(503);

            // By default the audit log goes to the console.
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(service.output())
                    .containsPattern("INFO .*tokencache\\.audit.*action=expire_subject" + CALLER
                            + "subject=[\\w-]{16} result=unknown"));
        }
    }

    @Test
    void shouldWriteJson() throws Exception {
        Path file = folder.resolve("audit.json");
        Map<String, String> settings = toFile(settings(), file);
        settings.put("quarkus.log.handler.file.audit.format", "%s%n");
        settings.put("tokencache.audit.format", "json");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            String jti = ServiceApi.of(service).create(Map.of("sub", "alice")).path("jti");
            service.stop();

            JsonNode line = new JsonMapper().readTree(Files.readString(file));
            assertThat(line)
                    .isEqualTo(new JsonMapper()
                            .createObjectNode()
                            .put("action", "create")
                            .put("caller", ServiceProcess.CALLER)
                            .put("jti", jti)
                            .put("result", "done"));
        }
    }

    @Test
    void shouldWriteNothingWhenItIsOffAndOtherLinesAsJsonIfConfigured() throws Exception {
        Map<String, String> settings = settings();
        settings.put("quarkus.log.category.\"tokencache.audit\".level", "OFF");
        settings.put("quarkus.log.console.json.enabled", "true");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            ServiceApi.of(service).tokenFor("alice");
            service.stop();

            assertThat(service.output()).doesNotContain("tokencache.audit").contains("Listening on: http://");
            for (String line : service.output().lines().toList()) {
                JsonNode json = new JsonMapper().readTree(line);
                assertThat(json.path("message").asText()).as(line).isNotEmpty();
                assertThat(json.path("level").asText()).as(line).isNotEmpty();
            }
        }
    }
}
