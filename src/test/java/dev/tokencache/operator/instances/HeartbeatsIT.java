package dev.tokencache.operator.instances;

import dev.tokencache.operator.doctor.ServiceFacts.Instance;
import dev.tokencache.redis.Time;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.WallClockTime;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class HeartbeatsIT {

    private static final byte[] KEY = "heartbeats-it:{instances}".getBytes(StandardCharsets.UTF_8);
    private static final Duration AHEAD = Duration.ofMinutes(1);
    private static final RouterFixture REDIS = RouterFixture.of(RedisClusterResource.cluster());

    @AfterAll
    static void close() {
        REDIS.close();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static Heartbeats heartbeats(String id, Duration ahead) {
        Time time = new WallClockTime(Clock.offset(Clock.systemUTC(), ahead));
        return new Heartbeats(REDIS.router(), time, KEY, id, "1.0", () -> Map.of("prefix", "tc:"), () -> Load.NONE);
    }

    @Test
    void shouldShowRunningInstancesAndForgetOthers() throws Exception {
        Heartbeats first = heartbeats("first", Duration.ZERO);
        String dead = new Beat("dead", 1_000, 0, "0.9", Map.of(), Load.NONE).text();
        await(REDIS.send(KEY, Request.cmd(Command.HSET).arg(KEY).arg("dead").arg(dead)));
        await(REDIS.send(KEY, Request.cmd(Command.HSET).arg(KEY).arg("junk").arg("{")));

        await(heartbeats("second", AHEAD).beat());
        await(first.beat());

        List<Instance> instances = await(first.instances());
        assertThat(instances).extracting(Instance::id).containsExactlyInAnyOrder("first", "second");
        assertThat(instances).allSatisfy(instance -> {
            assertThat(instance.version()).isEqualTo("1.0");
            assertThat(instance.fingerprints()).containsEntry("prefix", "tc:");
            assertThat(instance.clockAheadMillis())
                    .isCloseTo(instance.id().equals("second") ? AHEAD.toMillis() : 0, within(5_000L));
        });
        assertThat(await(REDIS.send(KEY, Request.cmd(Command.HLEN).arg(KEY))).toInteger())
                .isEqualTo(2);
        assertThat(await(REDIS.send(KEY, Request.cmd(Command.PTTL).arg(KEY))).toLong())
                .isPositive();
    }
}
