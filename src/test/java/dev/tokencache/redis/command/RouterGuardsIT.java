package dev.tokencache.redis.command;

import dev.tokencache.redis.RouteException;
import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TcpFaultProxy;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Limits the effect of a failing node: replica reads, retries, breakers and limits, on a real cluster. */
class RouterGuardsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestCluster cluster = RedisClusterResource.cluster();
    private final String key = "guards-it:" + UUID.randomUUID();
    private RouterFixture redis;

    @BeforeEach
    void heal() {
        cluster.heal();
    }

    @AfterEach
    void disconnect() {
        redis.close();
        cluster.heal();
    }

    private void connect(RedisConfig config) {
        redis = RouterFixture.of(cluster, config);
    }

    private TestNode master() {
        return cluster.masterOf(cluster.slotOf(key));
    }

    @Test
    void shouldReadFromTheReplicaOfAKilledMaster() {
        connect(RedisSettings.usual());
        set("1");
        awaitReplicated();
        assertThat(await(read(key)).isFromReplica()).isFalse();

        master().kill9();

        RoutedReply reply = await(read(key));
        assertThat(reply.response()).hasToString("1");
        assertThat(reply.isFromReplica()).isTrue();
        RoutedReply missing = await(read("{" + key + "}nothing"));
        assertThat(missing.response()).isNull();
        assertThat(missing.isFromReplica()).isTrue();
        // The promoted replica is a master.
        Awaitility.await().atMost(PATIENCE).until(() -> !await(read(key)).isFromReplica());
    }

    @Test
    void shouldNotReadFromReplicasIfThatIsDisabled() {
        connect(RedisSettings.usual().withoutReplicaReads());
        set("1");
        awaitReplicated();

        master().kill9();

        Awaitility.await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> {
            try {
                assertThat(await(read(key)).isFromReplica()).isFalse();
                return true;
            } catch (CompletionException notYet) {
                return false;
            }
        });
    }

    @Test
    void shouldSendAWriteAgainIfItsReplyWasLost() {
        connect(RedisSettings.usual());
        set("1");
        TestNode master = master();
        master.suspend();
        Future<?> write = redis.send(bytes(key), Request.cmd(Command.SET, key, "2"));
        Awaitility.await().atMost(PATIENCE).until(() -> redis.counted("deadline.closes") > 0);

        master.resume();

        await(write);
        assertThat(await(read(key)).response()).hasToString("2");
    }

    @Test
    void shouldFailImmediatelyWhileAMasterIsDownAndRecoverWithIt() {
        connect(RedisSettings.usual().withoutReplicaReads());
        // No replica can take over: the breaker stays the only help until the master is back.
        TestNode master = master();
        cluster.replicasOf(master).forEach(TestNode::kill9);
        master.kill9();
        List<Future<?>> failed =
                IntStream.range(0, 10).<Future<?>>mapToObj(i -> read(key)).toList();
        failed.forEach(call -> assertThatThrownBy(() -> await(call)).hasCauseInstanceOf(RouteException.class));

        assertThat(redis.router().state().openBreakers()).isEqualTo(1);
        assertThatThrownBy(() -> await(read(key))).hasMessageContaining("breaker");

        cluster.heal();
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            set("3");
            assertThat(await(read(key)).response()).hasToString("3");
            assertThat(redis.router().state().openBreakers()).isZero();
        });
    }

    @Test
    void shouldRejectCallsBeyondTheLimitImmediately() {
        connect(RedisSettings.usual().withoutReplicaReads().withMaxCalls(1));
        master().suspend();

        List<Future<?>> calls =
                IntStream.range(0, 200).<Future<?>>mapToObj(i -> read(key)).toList();

        Awaitility.await().atMost(PATIENCE).until(() -> redis.counted("shed") >= 100);
        assertThat(calls)
                .anyMatch(call -> call.failed() && call.cause().getMessage().contains("too many calls"));
    }

    @Test
    void shouldReportWhetherAWriteReachedItsReplicas() {
        connect(RedisSettings.usual().withMinReplicas(1));

        RoutedReply written = await(redis.sendReplicated(bytes(key), Request.cmd(Command.SET, key, "1")));

        assertThat(written.isReplicated()).isTrue();
        cluster.replicasOf(master()).forEach(TestNode::suspend);
        RoutedReply lonely = await(redis.sendReplicated(bytes(key), Request.cmd(Command.SET, key, "2")));
        assertThat(lonely.isReplicated()).isFalse();
        assertThat(await(read(key)).response()).hasToString("2");
    }

    @Test
    void shouldShareOneWaitAmongManyWrites() {
        connect(RedisSettings.usual().withMinReplicas(1));
        List<Future<RoutedReply>> writes = IntStream.range(0, 2000)
                .mapToObj(i -> redis.sendReplicated(bytes(key), Request.cmd(Command.SADD, key, "" + i)))
                .toList();

        writes.forEach(write -> assertThat(await(write).isReplicated()).isTrue());

        assertThat(await(redis.send(bytes(key), Request.cmd(Command.SCARD, key)))
                        .toInteger())
                .isEqualTo(2000);
    }

    @Test
    void shouldWaitForASlowNodeInsteadOfReconnecting() {
        RedisSettings usual = RedisSettings.defaults();
        RedisSettings patient = usual.withTimeout(usual.timeout().multipliedBy(3));
        try (TcpFaultProxy slow = TcpFaultProxy.to(master().port())) {
            slow.delay(patient.commandTimeout().plusMillis(50));
            String host = "redis://127.0.0.1:" + slow.port();
            redis = RouterFixture.of(List.of(host), cluster.password(), patient, true);
            redis.awaitAllSlots();

            for (int i = 0; i < 10; i++) {
                set("" + i);
                assertThat(await(read(key)).response()).hasToString("" + i);
            }

            assertThat(redis.counted("deadline.closes")).isLessThan(3);
        }
    }

    private Future<RoutedReply> read(String wanted) {
        return redis.read(bytes(wanted), Request.cmd(Command.GET, wanted));
    }

    private void set(String value) {
        await(redis.send(bytes(key), Request.cmd(Command.SET, key, value)));
    }

    private void awaitReplicated() {
        try (RespClient client = master().connect()) {
            Awaitility.await().atMost(PATIENCE).until(() -> client.number("WAIT", "1", "1000") >= 1);
        }
        // The router must have checked the replica once.
        double before = redis.counted("refreshes");
        Awaitility.await().atMost(PATIENCE).until(() -> redis.counted("refreshes") >= before + 2);
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
