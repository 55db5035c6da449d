package dev.tokencache.store.redis;

import dev.tokencache.store.redis.router.RedisErrorException;
import dev.tokencache.store.redis.router.RedisRouter;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The commands in use, each for one key. */
final class RedisCommands {

    private final RedisRouter router;

    RedisCommands(RedisRouter router) {
        this.router = router;
    }

    /** {@code GET}: the value, or null. */
    Future<@Nullable Response> get(byte[] key) {
        return router.send(key, Request.cmd(Command.GET).arg(key));
    }

    /** {@code HMGET} of two fields: their values, each of which can be null. */
    Future<@Nullable Response> fields(byte[] key, byte[] first, byte[] second) {
        return router.send(key, Request.cmd(Command.HMGET).arg(key).arg(first).arg(second));
    }

    /** {@code HGETALL}: fields and values in turn. */
    Future<@Nullable Response> allFields(byte[] key) {
        return router.send(key, Request.cmd(Command.HGETALL).arg(key));
    }

    /** Runs a script on one key. */
    Future<@Nullable Response> run(Script script, byte[] key, byte[]... arguments) {
        return router.send(key, script.bySha1(key, arguments))
                .recover(failure -> failure instanceof RedisErrorException error
                                && error.code().equals("NOSCRIPT")
                        ? router.send(key, script.whole(key, arguments))
                        : Future.failedFuture(failure));
    }

    /** A number as Redis takes it. */
    static byte[] number(long value) {
        return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    }
}
