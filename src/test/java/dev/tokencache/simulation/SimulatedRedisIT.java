package dev.tokencache.simulation;

import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.Verdict;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds the simulated Redis against a real one: the same random calls of the store have the same results and leave the same data. */
class SimulatedRedisIT {

    private static final int CALLS = 1500;
    private static final int CALLS_BETWEEN_COMPARISONS = 25;
    private static final int TOKENS_PER_SUBJECT = 30;
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(60);
    private static final Duration BACKGROUND_WORK = Duration.ofMillis(50);

    private static RouterFixture redis;

    @BeforeAll
    static void connect() {
        redis = RouterFixture.of(
                RedisClusterResource.cluster(), RedisSettings.usual().withoutReplicaReads());
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    /** The real clock, so that neither Redis expires a key on its own. Calls go to both stores in the same order. */
    private final MutableClock clock = new MutableClock(Instant.now());

    private final World world = new World(1);
    private final SimulatedNetwork network = new SimulatedNetwork(world);
    private final SimulatedCluster cluster = new SimulatedCluster(world, network, 3, 1);
    private final SimulatedService service = startService();
    private final TokenStore real = new RedisTokenStore(redis.router(), settings(), clock, verdict -> {});
    private final TokenStore simulated =
            AdvancingStore.wrap(world, new RedisTokenStore(service.router(), settings(), clock, verdict -> {}));

    private static RedisStoreSettings settings() {
        return new RedisStoreSettings("tc:", Duration.ofSeconds(5), Duration.ofDays(30), false, true);
    }

    private SimulatedService startService() {
        cluster.start();
        world.run(Duration.ofSeconds(5));
        SimulatedProcess process = new SimulatedProcess(world, "service", Duration.ZERO);
        SimulatedService service = new SimulatedService(network, cluster, process, "service", RedisSettings.defaults());
        world.run(Duration.ofSeconds(2));
        return service;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldBehaveAsARealRedis(long seed) {
        Random random = new Random(seed);
        List<String> subjects =
                Stream.of("a", "b", "c").map(name -> "simulated-" + name + seed).toList();
        List<NewToken> created = new ArrayList<>();
        for (int i = 1; i <= CALLS; i++) {
            String subject = subjects.get(random.nextInt(subjects.size()));
            Call call = randomCall(random, subject, created);
            assertThat(result(simulated, call))
                    .as("call %d of seed %d: %s", i, seed, call.name)
                    .isEqualTo(result(real, call));
            // No two tokens have the same time of issue: which of these is the oldest depends on the layout of a hash.
            clock.advance(Duration.ofMillis(1 + random.nextInt(random.nextInt(20) == 0 ? 600_000 : 50)));
            if (i % CALLS_BETWEEN_COMPARISONS == 0) {
                compareData("call " + i + " of seed " + seed, subjects, created);
            }
        }
    }

    private record Call(String name, Function<TokenStore, Object> run) {}

    private static Object result(TokenStore store, Call call) {
        try {
            return call.run.apply(store);
        } catch (RuntimeException failed) {
            return failed.toString();
        }
    }

    private Call randomCall(Random random, String subject, List<NewToken> created) {
        int kind = random.nextInt(100);
        if (created.isEmpty() || kind < 30) {
            NewToken token = draft(random, subject, created);
            created.add(token);
            return new Call(
                    "create " + token, store -> store.create(token).await().indefinitely());
        }
        NewToken token = created.get(random.nextInt(created.size()));
        TokenLocator locator = locator(token);
        RoutingTag tag = RoutingTag.ofSubject(subject);
        long at = clock.millis() - random.nextInt(1000);
        OptionalLong before = random.nextInt(3) == 0 ? OptionalLong.of(at) : OptionalLong.empty();
        OptionalLong lifetime = random.nextBoolean() ? OptionalLong.of(1 + random.nextInt(3600)) : OptionalLong.empty();
        if (kind < 60) {
            return new Call(
                    "validate " + locator,
                    store -> known(store.validate(locator).await().indefinitely()));
        }
        if (kind < 70) {
            return new Call(
                    "renew " + locator,
                    store -> store.renew(locator, lifetime).await().indefinitely());
        }
        if (kind < 80) {
            return new Call(
                    "expire " + locator,
                    store -> store.expire(locator, at).await().indefinitely());
        }
        if (kind < 85) {
            return new Call(
                    "create again " + token,
                    store -> store.create(token).await().indefinitely());
        }
        if (kind < 90) {
            return new Call(
                    "restore " + token, store -> store.restore(token).await().indefinitely());
        }
        if (kind < 92) {
            return new Call(
                    "expire subject",
                    store -> store.expireSubject(tag, before).await().indefinitely());
        }
        if (kind < 94) {
            return new Call(
                    "expire others", store -> store.expireOthers(token.token().id(), before)
                            .await()
                            .indefinitely());
        }
        return new Call("list", store -> store.list(tag, Paging.FIRST).await().indefinitely());
    }

    private NewToken draft(Random random, String subject, List<NewToken> created) {
        long lifetime = 1 + random.nextInt(7200);
        TokenDraft draft = TokenDraft.of(subject, clock.millis())
                .named(subject + created.size())
                .lifetime(lifetime, lifetime + random.nextInt(7200))
                .claims(random.nextInt(4) == 0 ? "{\"n\":\"" + "x".repeat(random.nextInt(200)) + "\"}" : "{}");
        boolean isForeign = random.nextInt(4) == 0;
        if (isForeign && random.nextBoolean()) {
            // The same string again, perhaps for another subject.
            created.stream()
                    .filter(NewToken::isForeign)
                    .findAny()
                    .ifPresent(earlier -> draft.hash(earlier.token().id().hash()));
        }
        NewToken token = isForeign ? draft.foreign() : draft.ours();
        return token.withMaxTokens(1 + random.nextInt(TOKENS_PER_SUBJECT));
    }

    private static TokenLocator locator(NewToken token) {
        return token.isForeign()
                ? new TokenLocator.Foreign(token.token().id().hash())
                : new TokenLocator.ById(token.token().id());
    }

    private static Object known(Verdict verdict) {
        return verdict instanceof Verdict.Unknown unknown ? "unknown: " + unknown.cause() : verdict;
    }

    /** Waits for work that no caller waits for, such as the removal of a record that lost its string to another one. */
    private void compareData(String when, List<String> subjects, List<NewToken> created) {
        world.run(BACKGROUND_WORK);
        Awaitility.await().pollDelay(Duration.ZERO).untilAsserted(() -> {
            subjects.forEach(subject ->
                    compareSubject(when, key(RoutingTag.ofSubject(subject).value())));
            created.stream()
                    .filter(NewToken::isForeign)
                    .forEach(token ->
                            comparePointer(when, key(token.token().id().hash().text())));
        });
    }

    private void compareSubject(String when, String key) {
        assertThat(fields((List<?>) simulatedReply(Command.HGETALL, key)))
                .as("%s after %s", key, when)
                .isEqualTo(fields(realReply(Command.HGETALL, key)));
        compareTtl(when, key);
    }

    private void comparePointer(String when, String key) {
        assertThat(String.valueOf(simulatedReply(Command.GET, key)))
                .as("%s after %s", key, when)
                .isEqualTo(String.valueOf(realReply(Command.GET, key)));
        compareTtl(when, key);
    }

    private void compareTtl(String when, String key) {
        long ttl = realReply(Command.PTTL, key).toLong();
        assertThat((Long) simulatedReply(Command.PTTL, key))
                .as("TTL of %s after %s", key, when)
                .isBetween(ttl - CLOCK_TOLERANCE.toMillis(), ttl + CLOCK_TOLERANCE.toMillis());
    }

    private static String key(String tag) {
        return "tc:{" + tag + "}";
    }

    private static Map<String, String> fields(List<?> flat) {
        Map<String, String> fields = new TreeMap<>();
        for (int i = 0; i < flat.size(); i += 2) {
            fields.put((String) flat.get(i), (String) flat.get(i + 1));
        }
        return fields;
    }

    private static Map<String, String> fields(Response flat) {
        Map<String, String> fields = new TreeMap<>();
        for (int i = 0; i < flat.size(); i += 2) {
            fields.put(
                    flat.get(i).toString(StandardCharsets.ISO_8859_1),
                    flat.get(i + 1).toString(StandardCharsets.ISO_8859_1));
        }
        return fields;
    }

    private static Response realReply(Command command, String key) {
        return redis.send(bytes(key), Request.cmd(command).arg(key))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** Read from the master itself, so that no time passes. */
    private Object simulatedReply(Command command, String key) {
        SimulatedNode master = cluster.node(service.router().master(bytes(key)));
        return master.run().data().run(List.of(command.toString().toUpperCase(Locale.ROOT), key));
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
