package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.command.FencedRequest;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.token.Durability;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** The Redis commands in use, each with one key. All are idempotent, and no script runs after its deadline. */
public record RedisCommands(RedisRouter router) {

    /** {@code GET}: the value, or null. A replica may reply. */
    public Future<RoutedReply> get(byte[] key, Deadline deadline) {
        return router.read(key, Request.cmd(Command.GET).arg(key), deadline);
    }

    /** As {@link #get}, but never from a replica. */
    public Future<RoutedReply> getNow(byte[] key, Deadline deadline) {
        return router.send(key, Request.cmd(Command.GET).arg(key), deadline);
    }

    /** {@code HMGET} of two fields: two values or nulls. A replica may reply. */
    public Future<RoutedReply> fields(byte[] key, byte[] first, byte[] second, Deadline deadline) {
        return router.read(key, fieldsRequest(key, first, second), deadline);
    }

    /** As {@link #fields}, but never from a replica. */
    public Future<RoutedReply> fieldsNow(byte[] key, byte[] first, byte[] second, Deadline deadline) {
        return router.send(key, fieldsRequest(key, first, second), deadline);
    }

    private static Request fieldsRequest(byte[] key, byte[] first, byte[] second) {
        return Request.cmd(Command.HMGET).arg(key).arg(first).arg(second);
    }

    /** {@code HSCAN} from an unsigned cursor on: the next cursor, and alternating fields and values. */
    public Future<RoutedReply> scanFields(byte[] key, long cursor, int count, Deadline deadline) {
        return router.scan(
                key,
                Request.cmd(Command.HSCAN)
                        .arg(key)
                        .arg(Long.toUnsignedString(cursor))
                        .arg("COUNT")
                        .arg(count),
                deadline);
    }

    boolean isOver(Deadline deadline) {
        return router.isOver(deadline);
    }

    /** Runs a script and waits until the configured number of replicas has its writes. */
    public Future<RoutedReply> run(Script script, byte[] key, Deadline deadline, byte[]... arguments) {
        return run(script, key, arguments, request -> router.writeReplicated(key, request, deadline));
    }

    /** As {@link #run}, without waiting for replicas. */
    public Future<RoutedReply> runLoosely(Script script, byte[] key, Deadline deadline, byte[]... arguments) {
        return run(script, key, arguments, request -> router.write(key, request, deadline));
    }

    private static Future<RoutedReply> run(
            Script script, byte[] key, byte[][] arguments, Function<FencedRequest, Future<RoutedReply>> send) {
        return send.apply(script.bySha1(key, arguments))
                .recover(failure -> failure instanceof RedisErrorException error
                                && error.code().equals("NOSCRIPT")
                        ? send.apply(script.whole(key, arguments))
                        : Future.failedFuture(failure));
    }

    public static byte[] number(long value) {
        return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    }

    public static long number(RoutedReply answer) {
        if (answer.response() == null) {
            throw new IllegalStateException("the script did not return a number");
        }
        return answer.response().toLong();
    }

    static Response list(RoutedReply answer) {
        if (answer.response() == null) {
            throw new IllegalStateException("the command did not return a list");
        }
        return answer.response();
    }

    public static Durability durability(RoutedReply answer) {
        return answer.isReplicated() ? Durability.AS_CONFIGURED : Durability.UNDER_REPLICATED;
    }
}
