package dev.tokencache.endtoend;

import dev.tokencache.devmode.EmbeddedCluster;
import dev.tokencache.devmode.RespClient;
import dev.tokencache.migration.MigrationChange;
import dev.tokencache.migration.MigrationConfig;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.SharedMigrationDial;
import dev.tokencache.store.redis.RedisMigrationStates;
import dev.tokencache.testing.OldRedis;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import io.restassured.RestAssured;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The whole way from an old Redis to the cluster, once back from the middle, with two services under a steady load. */
class MigrationWalkIT {

    private static final int SESSIONS_OF_BEFORE = 400;

    /** So that each run starts at the beginning. */
    private final String prefix = "tcw" + UUID.randomUUID().toString().substring(0, 8) + ":";

    private final List<ServiceProcess> services = new ArrayList<>();
    private OldRedis old;
    private RouterFixture redis;
    private MigrationDial dial;

    private record Unguarded(long minComparisons, double maxMismatchRate, int maxConcurrentComparisons)
            implements MigrationConfig {}

    @BeforeEach
    void start() {
        EmbeddedCluster cluster = RedisClusterResource.cluster();
        cluster.heal();
        old = OldRedis.start();
        redis = RouterFixture.of(cluster);
        dial = new SharedMigrationDial(
                new RedisMigrationStates(redis.router(), prefix, Duration.ofSeconds(5)),
                new Unguarded(0, 1, 64),
                Duration.ofDays(30),
                Clock.systemUTC());
        Map<String, String> settings = new HashMap<>(ServiceProcess.settings(cluster));
        settings.put("tokencache.redis.key-prefix", prefix);
        settings.put("tokencache.migration.legacy.hosts", old.host());
        settings.put("tokencache.migration.legacy.password", OldRedis.PASSWORD);
        settings.put("tokencache.migration.legacy.timeout", "1s");
        services.add(ServiceProcess.start(settings));
        services.add(ServiceProcess.start(settings));
    }

    @AfterEach
    void stop() {
        services.forEach(ServiceProcess::close);
        redis.close();
        old.close();
    }

    @Test
    void shouldLogNobodyOutAndBringNobodyBack() throws InterruptedException {
        List<ServiceApi> apis = services.stream().map(ServiceApi::of).toList();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> apis.stream()
                .allMatch(api -> api.validate("nobody-has-this-token").statusCode() == 200));
        List<String> present = sessionsOfBefore();
        List<Sessions> load = List.of(
                new Sessions(apis, present.subList(0, SESSIONS_OF_BEFORE / 2), 1),
                new Sessions(apis, present.subList(SESSIONS_OF_BEFORE / 2, SESSIONS_OF_BEFORE), 2));
        List<Thread> threads = load.stream().map(Thread::new).toList();
        threads.forEach(Thread::start);
        try {
            letRun(load);
            go(load, "mirror", OptionalInt.empty());
            for (int percent : new int[] {1, 5, 25, 50}) {
                go(load, "ramp", OptionalInt.of(percent));
            }
            go(load, "legacy", OptionalInt.empty());
            go(load, "mirror", OptionalInt.empty());
            go(load, "ramp", OptionalInt.of(50));
            go(load, "ramp", OptionalInt.of(100));
            go(load, "cluster", OptionalInt.empty());
        } finally {
            load.forEach(Sessions::end);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        load.forEach(Sessions::checkAll);
        turn("done", OptionalInt.empty());
        old.kill9();
        load.forEach(Sessions::checkAll);

        assertThat(load.stream().flatMap(sessions -> sessions.wrongs().stream()))
                .isEmpty();
        long answers = load.stream().mapToLong(Sessions::answers).sum();
        assertThat(load.stream().mapToLong(Sessions::unknowns).sum())
                .as("unknown answers, with both stores in order, beside %d others", answers)
                .isLessThanOrEqualTo(answers / 100);
    }

    private List<String> sessionsOfBefore() {
        List<String> tokens = new ArrayList<>();
        try (RespClient others = old.connect()) {
            for (int i = 0; i < SESSIONS_OF_BEFORE; i++) {
                String token = "before-" + UUID.randomUUID();
                others.send("SET", "sess:" + token, "{\"sub\":\"person-" + i + "\",\"csrf\":\"x\"}", "EX", "3600");
                tokens.add(token);
            }
        }
        return tokens;
    }

    private void go(List<Sessions> load, String phase, OptionalInt readPercent) {
        turn(phase, readPercent);
        letRun(load);
    }

    private void turn(String phase, OptionalInt readPercent) {
        MigrationDial.Outcome outcome = dial.change(
                        new MigrationChange(Optional.of(phase), readPercent, OptionalInt.of(100), true), "walker")
                .await()
                .atMost(Duration.ofSeconds(10));
        assertThat(outcome).isInstanceOf(MigrationDial.Outcome.Changed.class);
        long version = ((MigrationDial.Outcome.Changed) outcome)
                .status()
                .shared()
                .state()
                .version();
        Awaitility.await()
                .alias("every replica follows within two seconds")
                .atMost(Duration.ofSeconds(3))
                .until(() -> services.stream().allMatch(service -> version(service) == version));
    }

    private static long version(ServiceProcess service) {
        return RestAssured.get(service.managementUri() + "/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("tokencache_migration_version"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .mapToLong(value -> (long) Double.parseDouble(value))
                .findFirst()
                .orElse(-1);
    }

    private static void letRun(List<Sessions> load) {
        List<Long> before = load.stream().map(Sessions::answers).toList();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            for (int i = 0; i < before.size(); i++) {
                if (load.get(i).answers() < before.get(i) + 150) {
                    return false;
                }
            }
            return true;
        });
    }
}
