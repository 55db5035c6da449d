package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.Refusal;
import dev.tokencache.redis.VertxTime;
import dev.tokencache.redis.connection.VertxEventLoops;
import dev.tokencache.seal.Seal;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** An old store without Quarkus, and the reads and writes of other programs. */
final class LegacyStoreFixture implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final List<Refusal> refusals = new CopyOnWriteArrayList<>();
    private final LegacyStore store;

    LegacyStoreFixture(LegacyConfig config, String password) {
        RedisOptions options =
                new RedisOptions().setEndpoints(config.hosts().orElseThrow()).setPassword(password);
        this.store = LegacyConnection.open(
                        connector -> new VertxEventLoops(vertx, connector),
                        options,
                        config,
                        TokenSettings.usual(),
                        Seal.off(),
                        refusals::add,
                        new VertxTime(vertx))
                .store()
                .orElseThrow();
        awaitUp();
    }

    void awaitUp() {
        TokenString any = new TokenString("availability-probe");
        TokenLocator locator = new TokenLocator.Presented(new TokenLocator.Foreign(any.hash()), any);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> store.find(locator).await().indefinitely() instanceof Verdict.Inactive);
    }

    LegacyStore store() {
        return store;
    }

    /** The reasons of the records that were refused so far. */
    List<Refusal> refusals() {
        return refusals;
    }

    static void login(RespClient redis, LegacyConfig.Format format, String key, String subject, long seconds) {
        switch (format) {
            case JSON ->
                redis.send("SET", key, "{\"csrf\":\"x\",\"sub\":\"" + subject + "\"}", "EX", Long.toString(seconds));
            case HASH -> {
                redis.send("HSET", key, "sub", subject);
                redis.send("HSET", key, "csrf", "x");
                redis.send("EXPIRE", key, Long.toString(seconds));
            }
            case STRING -> redis.send("SET", key, subject, "EX", Long.toString(seconds));
            case TOKEN_CACHE -> throw new IllegalArgumentException("no other program writes these");
        }
    }

    static String subjectOf(RespClient redis, LegacyConfig.Format format, String key) {
        Object reply = format == LegacyConfig.Format.HASH ? redis.send("HGET", key, "sub") : redis.send("GET", key);
        if (!(reply instanceof byte[] bytes)) {
            return null;
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        return format == LegacyConfig.Format.JSON ? text.replaceAll(".*\"sub\":\"([^\"]*)\".*", "$1") : text;
    }

    @Override
    public void close() {
        store.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
