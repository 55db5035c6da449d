package dev.tokencache.store.redis;

import dev.tokencache.seal.Seal;
import dev.tokencache.seal.SealSettings;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.StoredFormats;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static dev.tokencache.testing.StoredFormats.ID;
import static dev.tokencache.testing.StoredFormats.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

/** What the scripts leave in Redis, and what they read. The key prefix is fixed, since a seal covers it. */
class StoredFormatsIT {

    private static final String PREFIX = "stored-formats:";
    private static final byte[] SUBJECT = (PREFIX + "{" + ID.tag() + "}").getBytes(StandardCharsets.UTF_8);
    private static final byte[] POINTER = (PREFIX + "{" + ID.hash() + "}").getBytes(StandardCharsets.UTF_8);

    private static RouterFixture redis;

    @BeforeAll
    static void start() {
        RedisClusterResource.cluster().heal();
        redis = RouterFixture.of(RedisClusterResource.cluster());
    }

    @AfterAll
    static void stop() {
        clear();
        redis.close();
    }

    private static RedisTokenStore store(Seal seal) {
        return new RedisTokenStore(
                redis.router(),
                new RedisStoreSettings(PREFIX, Duration.ofSeconds(5), Duration.ofDays(30), true, false).with(seal),
                new MutableClock(Instant.ofEpochMilli(StoredFormats.NOW)),
                verdict -> {});
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(Duration.ofSeconds(30));
    }

    private static Response send(byte[] key, Request request) {
        return redis.send(key, request)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private static void clear() {
        for (byte[] key : new byte[][] {SUBJECT, POINTER}) {
            send(key, Request.cmd(Command.DEL).arg(key));
        }
    }

    private static String hash() {
        TreeMap<String, String> fields = new TreeMap<>();
        Response reply = send(SUBJECT, Request.cmd(Command.HGETALL).arg(SUBJECT));
        for (int i = 0; i < reply.size(); i += 2) {
            fields.put(
                    HexFormat.of().formatHex(reply.get(i).toBytes()),
                    HexFormat.of().formatHex(reply.get(i + 1).toBytes()));
        }
        return fields.toString();
    }

    private static void restore(String name) {
        clear();
        for (String field : StoredFormats.text(name).replaceAll("[{} ]", "").split(",")) {
            String[] parts = field.split("=");
            send(
                    SUBJECT,
                    Request.cmd(Command.HSET)
                            .arg(SUBJECT)
                            .arg(HexFormat.of().parseHex(parts[0]))
                            .arg(HexFormat.of().parseHex(parts[1])));
        }
    }

    @Test
    void shouldKeepTheHashOfASubject() {
        for (Seal seal : new Seal[] {Seal.off(), SealSettings.sealingWith("a").seal()}) {
            String suffix = seal.isOn() ? ".sealed" : "";
            RedisTokenStore store = store(seal);
            clear();
            await(store.create(new NewToken(TOKEN, null)));
            await(store.expireSubject(ID.tag(), OptionalLong.of(StoredFormats.NOW - 1)));
            StoredFormats.assertWritten("redis.hash" + suffix, hash());
            await(store.expire(new TokenLocator.ById(ID), StoredFormats.NOW));
            StoredFormats.assertWritten("redis.hash.expired" + suffix, hash());

            restore("redis.hash" + suffix);
            assertThat(await(store.read(new TokenLocator.ById(ID)))).isEqualTo(new Verdict.Active(TOKEN));
            restore("redis.hash.expired" + suffix);
            assertThat(await(store.read(new TokenLocator.ById(ID)))).isInstanceOf(Verdict.Inactive.class);
        }
    }

    @Test
    void shouldKeepPointers() {
        for (Seal seal : new Seal[] {Seal.off(), SealSettings.sealingWith("a").seal()}) {
            String name = "redis.pointer" + (seal.isOn() ? ".sealed" : "");
            RedisTokenStore store = store(seal);
            TokenLocator foreign = new TokenLocator.Foreign(ID.hash());
            clear();
            await(store.create(new NewToken(TOKEN, "nonce")));
            assertThat(await(store.read(foreign))).isInstanceOf(Verdict.Active.class);
            StoredFormats.assertWritten(
                    name, send(POINTER, Request.cmd(Command.GET).arg(POINTER)).toString());

            send(POINTER, Request.cmd(Command.SET).arg(POINTER).arg(StoredFormats.text(name)));
            assertThat(await(store.read(foreign))).isEqualTo(new Verdict.Active(TOKEN));
            assertThat(ForeignPointer.of(StoredFormats.text(name), POINTER, seal)
                            .subject())
                    .contains(RoutingTag.ofSubject("alice"));
        }
        clear();
        await(store(Seal.off()).expire(new TokenLocator.Foreign(ID.hash()), StoredFormats.NOW));
        StoredFormats.assertWritten(
                "redis.pointer.expired",
                send(POINTER, Request.cmd(Command.GET).arg(POINTER)).toString());
    }
}
