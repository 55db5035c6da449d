package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.token.Durability;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** The commands in use, each for one key. All of them can be repeated without harm. */
public final class RedisCommands {

    private final RedisRouter router;

    public RedisCommands(RedisRouter router) {
        this.router = router;
    }

    /** {@code GET}: the value, or null. */
    public Future<RoutedReply> get(byte[] key, Deadline deadline) {
        return router.read(key, Request.cmd(Command.GET).arg(key), deadline);
    }

    /** As {@link #get}, but never of a replica: as it is now. */
    public Future<RoutedReply> getNow(byte[] key, Deadline deadline) {
        return router.send(key, Request.cmd(Command.GET).arg(key), deadline);
    }

    /** {@code HMGET} of two fields: their values, each of which can be null. */
    public Future<RoutedReply> fields(byte[] key, byte[] first, byte[] second, Deadline deadline) {
        return router.read(key, fieldsRequest(key, first, second), deadline);
    }

    /** As {@link #fields}, but never of a replica: as they are now. */
    public Future<RoutedReply> fieldsNow(byte[] key, byte[] first, byte[] second, Deadline deadline) {
        return router.send(key, fieldsRequest(key, first, second), deadline);
    }

    private static Request fieldsRequest(byte[] key, byte[] first, byte[] second) {
        return Request.cmd(Command.HMGET).arg(key).arg(first).arg(second);
    }

    /** {@code HGETALL}: fields and values in turn. */
    public Future<RoutedReply> allFields(byte[] key, Deadline deadline) {
        return router.send(key, Request.cmd(Command.HGETALL).arg(key), deadline);
    }

    /** Runs a script on one key; what it writes reaches as many replicas as are configured. */
    public Future<RoutedReply> run(Script script, byte[] key, Deadline deadline, byte[]... arguments) {
        return run(script, key, arguments, request -> router.sendReplicated(key, request, deadline));
    }

    /** As {@link #run}, for a write that no replica needs to have at once. */
    public Future<RoutedReply> runLoosely(Script script, byte[] key, Deadline deadline, byte[]... arguments) {
        return run(script, key, arguments, request -> router.send(key, request, deadline));
    }

    private static Future<RoutedReply> run(
            Script script, byte[] key, byte[][] arguments, Function<Request, Future<RoutedReply>> send) {
        return send.apply(script.bySha1(key, arguments))
                .recover(failure -> failure instanceof RedisErrorException error
                                && error.code().equals("NOSCRIPT")
                        ? send.apply(script.whole(key, arguments))
                        : Future.failedFuture(failure));
    }

    /** A number as Redis takes it. */
    public static byte[] number(long value) {
        return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    }

    /** The number that a script answers with. */
    public static long number(RoutedReply answer) {
        if (answer.response() == null) {
            throw new IllegalStateException("the script answers with a number");
        }
        return answer.response().toLong();
    }

    public static Durability durability(RoutedReply answer) {
        return answer.isReplicated() ? Durability.AS_CONFIGURED : Durability.UNDER_REPLICATED;
    }
}
