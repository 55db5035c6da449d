package dev.tokencache.endtoend;

import dev.tokencache.testing.PostgresServer;
import dev.tokencache.testing.ServiceProcess;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The packaged service and its journal in PostgreSQL as operators see them. Needs no Redis. */
class SharedJournalServiceIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ENTRY = "insert into journal_entry values"
            + " ('%s', 'E', null, 0, 99999999999999, null, null, 1, extract(epoch from now() - interval '%d seconds') * 1000, 0)";

    private static PostgresServer server;

    @BeforeAll
    static void start() {
        PostgresServer.require();
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static Map<String, String> settings(String database) {
        Map<String, String> settings = new HashMap<>(ServiceProcess.callerAndKey());
        settings.put("quarkus.redis.hosts", "redis://127.0.0.1:1");
        settings.put("tokencache.journal.kind", "shared");
        settings.put("quarkus.datasource.journal.jdbc.url", server.url(database));
        settings.put("quarkus.datasource.journal.username", server.user());
        settings.put("quarkus.datasource.journal.password", server.password());
        return settings;
    }

    @Test
    void shouldReportTheStateOfTheJournal() {
        String database = server.newDatabase();
        try (ServiceProcess service = ServiceProcess.start(settings(database))) {
            assertThat(journal(service).getString("kind")).isEqualTo("shared");
            awaitState(service, "empty");

            server.execute(database, ENTRY.formatted("A".repeat(24), 60));
            server.execute(database, ENTRY.formatted("B".repeat(24), 90));
            server.execute(database, "insert into journal_gate values (1, now())");

            awaitState(service, "pending");
            Awaitility.await().atMost(PATIENCE).until(() -> journal(service).getInt("entries") == 2);
            assertThat(journal(service).getInt("oldest_age")).isBetween(90, 200);
            assertThat(metrics(service)).contains("tokencache_journal_entries 2.0");
        }
    }

    @Test
    void shouldDetectThatTheDatabaseComesUpAndGoesDown() {
        String database = server.newDatabase();
        server.stop();
        try (ServiceProcess service = ServiceProcess.start(settings(database))) {
            assertThat(ready(service).statusCode()).isEqualTo(200);
            assertThat(readiness(service)).isEqualTo("broken");
            assertThat(journal(service).getString("state")).isEqualTo("broken");
            assertThat(metrics(service)).contains("tokencache_journal_broken 1.0");

            server.startAgain();
            awaitState(service, "empty");
            assertThat(readiness(service)).isEqualTo("empty");

            server.kill9();
            awaitState(service, "broken");
            server.startAgain();
            awaitState(service, "empty");
            // Logged once for each outage, not for each attempt.
            assertThat(service.output().lines())
                    .filteredOn(line -> line.contains(
                            "Journal unavailable: writes that Redis cannot accept return 503; kind=shared cause="))
                    .hasSize(2);
            assertThat(service.output())
                    .doesNotContain("127.0.0.1:" + server.port(), server.password(), "jdbc:", database);
            assertThat(ready(service).asString()).doesNotContain("127.0.0.1", database);
        }
    }

    @Test
    void shouldNotConnectWhenTheJournalIsOff() {
        String database = server.newDatabase();
        Map<String, String> settings = settings(database);
        settings.put("tokencache.journal.kind", "off");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            assertThat(journal(service).getMap("")).isEqualTo(Map.of("kind", "off"));
            assertThat(readinessData(service)).isEqualTo(Map.of("kind", "off"));
            assertThat(metrics(service)).doesNotContain("tokencache_journal");
            // A database with open connections cannot be dropped.
            server.execute("postgres", "drop database " + database);
        }
    }

    private static void awaitState(ServiceProcess service, String state) {
        Awaitility.await(state)
                .atMost(PATIENCE)
                .until(() -> journal(service).getString("state").equals(state));
    }

    private static JsonPath journal(ServiceProcess service) {
        return RestAssured.given()
                .auth()
                .preemptive()
                .basic(ServiceProcess.CALLER, ServiceProcess.SECRET)
                .get(service.baseUri().resolve("/v1/admin/journal"))
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private static String readiness(ServiceProcess service) {
        return String.valueOf(readinessData(service).get("state"));
    }

    private static Map<String, Object> readinessData(ServiceProcess service) {
        return ready(service).jsonPath().getMap("checks.find { it.name == 'journal' }.data");
    }

    private static io.restassured.response.Response ready(ServiceProcess service) {
        return RestAssured.get(service.managementUri().resolve("/q/health/ready"));
    }

    private static String metrics(ServiceProcess service) {
        return RestAssured.get(service.managementUri().resolve("/q/metrics")).asString();
    }
}
