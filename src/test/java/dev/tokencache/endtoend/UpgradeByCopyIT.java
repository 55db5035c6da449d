package dev.tokencache.endtoend;

import dev.tokencache.endtoend.Sessions.Session;
import dev.tokencache.testing.CommandLineProcess;
import dev.tokencache.testing.Outcome;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceClient;
import dev.tokencache.testing.ServiceClient.Route;
import dev.tokencache.testing.ServiceClient.Written;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.TestCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.tokencache.endtoend.MigrationSite.backfill;
import static dev.tokencache.endtoend.MigrationSite.change;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

/** A migration between two token-cache clusters with different passwords and seal keys, with all kinds of data and a near cache. */
class UpgradeByCopyIT {

    private static final Route[] ROUTES = Route.values();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int TOKENS = 60;
    private static final int OTHERS = 400;

    @TempDir
    Path folder;

    private final List<String> live = new ArrayList<>();
    private final List<String> dead = new ArrayList<>();
    /** The sessions of the steady load. */
    private final List<Session> others = new ArrayList<>();

    private TestCluster old;
    private ServiceProcess service;
    private ServiceApi api;
    private ServiceClient client;
    private int validations;

    @BeforeEach
    void start() {
        TestCluster cluster = RedisClusterResource.cluster();
        cluster.heal();
        old = TestCluster.start(ClusterSpec.ofSixNodes("of-the-old-cluster"));
        Map<String, String> ofOld = new HashMap<>(ServiceProcess.settings(old));
        ofOld.put("tokencache.seal.keys.old", TokenSettings.secret(1));
        ofOld.put("tokencache.seal.active-key", "old");
        ofOld.put("tokencache.seal.required", "true");
        try (ServiceProcess before = ServiceProcess.start(ofOld)) {
            ServiceApi early = ServiceApi.of(before);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> early.validate("nobody-has-this-token").statusCode() == 200);
            fill(early, new ServiceClient(before));
        }
        Map<String, String> settings = new HashMap<>(ServiceProcess.settings(cluster));
        settings.put("tokencache.redis.key-prefix", "tcn" + UUID.randomUUID() + ":");
        settings.put("tokencache.migration.legacy.client-type", "cluster");
        settings.put("tokencache.migration.legacy.format", "token-cache");
        settings.put("tokencache.migration.legacy.hosts", old.hosts());
        settings.put("tokencache.migration.legacy.password", old.password());
        settings.put("tokencache.seal.keys.old", TokenSettings.secret(1));
        settings.put("tokencache.seal.keys.new", TokenSettings.secret(2));
        settings.put("tokencache.seal.active-key", "new");
        settings.put("tokencache.seal.required", "true");
        settings.put("tokencache.migration.legacy.seal-key", "old");
        settings.put("tokencache.migration.legacy.timeout", "4s");
        settings.put("tokencache.migration.legacy.command-timeout", "1s");
        // A token that is validated before it is copied must not be cached as inactive afterwards.
        settings.put("tokencache.near-cache.max-age", "1h");
        service = ServiceProcess.start(settings);
        api = ServiceApi.of(service);
        client = new ServiceClient(service);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> api.validate(live.get(0)).statusCode() == 200);
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
        old.close();
    }

    /** Creates the data of the old cluster. */
    private void fill(ServiceApi before, ServiceClient client) {
        for (int i = 0; i < TOKENS; i++) {
            String sub = "person-" + i % 20;
            live.add(token(() -> client.create(sub)));
            live.add(token(() -> client.create(sub, "foreign-" + UUID.randomUUID())));
        }
        live.add(created(
                before,
                Map.of(
                        "sub",
                        "kept",
                        "idle_timeout",
                        900,
                        "scope",
                        "read write",
                        "max_lifetime",
                        86400,
                        "claims",
                        Map.of("n", 1.5))));
        for (int i = 0; i < OTHERS; i++) {
            String sub = "other-" + i;
            others.add(new Session(token(() -> client.create(sub)), sub, "in the old cluster"));
        }
        for (int i = 0; i < 10; i++) {
            logOut(before);
        }
        for (int i = 0; i < 3; i++) {
            dead.add(before.tokenFor("marked"));
        }
        before.expireSubject("marked").then().statusCode(200);
        live.add(before.tokenFor("marked"));
        dead.add(created(before, Map.of("sub", "brief", "expires_in", 1)));
    }

    /** Creates a token; repeats the call while the outcome is unknown. */
    private static String token(Supplier<CompletableFuture<Written>> create) {
        return Awaitility.await("a token")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .until(() -> create.get().join(), written -> written.outcome() == Outcome.SERVED)
                .token()
                .orElseThrow();
    }

    private static String created(ServiceApi api, Map<String, ?> request) {
        return api.create(request).then().statusCode(201).extract().path("token");
    }

    private void logOut(ServiceApi through) {
        String token = live.remove(0);
        through.expire(token).then().statusCode(204);
        dead.add(token);
    }

    /** Changes the phase, validates every token, and lets people log in, renew and log out. */
    private void go(String phase, String more) {
        change(service, "{\"phase\":\"" + phase + "\",\"force\":true" + more + "}")
                .statusCode(200);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> MigrationSite.readiness(service).getString("phase").equals(phase));
        checkAll();
        live.add(api.tokenFor("person-of-" + phase));
        live.add(created(api, Map.of("sub", "person-of-" + phase, "token", "foreign-" + UUID.randomUUID())));
        for (String token : List.of(live.get(0), live.get(1), live.get(live.size() - 1))) {
            api.renew(token).then().statusCode(200);
        }
        logOut(api);
        logOut(api);
        dead.add(api.tokenFor("leaver"));
        api.expireSubject("leaver").then().statusCode(200);
        checkAll();
    }

    private void checkAll() {
        assertThat(live).as("false inactive").allMatch(token -> verdict(token) == Outcome.SERVED);
        assertThat(dead).as("resurrected logout").allMatch(token -> verdict(token) == Outcome.INACTIVE);
    }

    /** The verdict, by each route in turn; repeats the call while it is unknown, as a call may time out on a busy machine. */
    private Outcome verdict(String token) {
        Route route = ROUTES[validations++ % ROUTES.length];
        return Awaitility.await("a known verdict")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .until(() -> client.validate(token, route).join(), outcome -> outcome != Outcome.UNKNOWN);
    }

    @Test
    void shouldMoveAllDataOfATokenCache() {
        try (People people = new People(List.of(client), others)) {
            people.start();
            walk();
            old.close();
            checkAll();
            people.stop();
            people.finishLogouts();
            people.checkAll();

            Notes notes = people.notes();
            assertThat(notes.wrongs()).as(notes.toString()).isEmpty();
            assertThat(notes.count(Outcome.UNKNOWN) + notes.count(Outcome.FAILED))
                    .as("calls without an answer: %s", notes)
                    .isLessThanOrEqualTo(notes.calls() / 100);
        }

        String kept = live.stream()
                .filter(token -> subject(token).equals("kept"))
                .findFirst()
                .orElseThrow();
        api.introspect(kept).then().body("scope", equalTo("read write"), "n", equalTo(1.5f));
        api.list("marked").then().statusCode(200).body("tokens.size()", equalTo(1), "not_before", notNullValue());
        logOut(api);
        checkAll();
    }

    private void walk() {
        go("legacy", "");
        api.list("marked").then().statusCode(200).body("tokens.size()", equalTo(1), "not_before", notNullValue());
        go("mirror", ",\"mirror_percent\":100");
        // Half of the tokens are read from the new cluster before they are copied.
        go("ramp", ",\"read_percent\":50");
        fillAndVerify();
        go("legacy", "");
        go("mirror", "");
        fillAndVerify();
        go("ramp", ",\"read_percent\":100");
        go("cluster", "");
        go("done", "");
    }

    private String subject(String token) {
        return api.validate(token).path("sub");
    }

    private void fillAndVerify() {
        backfill(service, "{\"action\":\"start\"}").statusCode(200);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> backfill(service).getString("status").equals("complete"));
        assertThat(backfill(service).getLong("failed")).isZero();
        assertThat(backfill(service).getLong("copied") + backfill(service).getLong("present"))
                .isGreaterThanOrEqualTo(live.size());
        CommandLineProcess.Ended verified = CommandLineProcess.run(
                service,
                "migrate",
                "verify",
                "--all",
                "--report",
                folder.resolve("report.json").toString());
        assertThat(verified.exitCode()).as(verified.output()).isZero();
    }
}
