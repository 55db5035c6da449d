package dev.tokencache.simulation;

import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.BulkType;
import io.vertx.redis.client.impl.types.ErrorType;
import io.vertx.redis.client.impl.types.MultiType;
import io.vertx.redis.client.impl.types.NumberType;
import io.vertx.redis.client.impl.types.SimpleStringType;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requests and replies between the Vert.x client and a simulated node. A node works with plain values: a string has one
 * character per byte, and a reply is null (nil), a {@code Long}, a {@code String}, a {@code List}, a {@link Status} or a {@link
 * RedisError}.
 */
final class Replies {

    record Status(String text) {}

    static final Status OK = new Status("OK");

    private static final Method ENCODE = encode();

    private Replies() {}

    /** The only access to the bytes of a request is private to the client. */
    private static Method encode() {
        try {
            Method encode =
                    Request.cmd(io.vertx.redis.client.Command.PING).getClass().getDeclaredMethod("encode");
            encode.setAccessible(true);
            return encode;
        } catch (NoSuchMethodException changed) {
            throw new IllegalStateException("the client changed", changed);
        }
    }

    /** The command and its arguments. */
    static List<String> words(Request request) {
        try {
            return words(((Buffer) ENCODE.invoke(request)).toString(StandardCharsets.ISO_8859_1));
        } catch (ReflectiveOperationException changed) {
            throw new IllegalStateException("the client changed", changed);
        }
    }

    /** Parses {@code *<count>} and then, for each word, {@code $<length>} and its bytes. */
    private static List<String> words(String bytes) {
        int at = bytes.indexOf("\r\n");
        int count = Integer.parseInt(bytes, 1, at, 10);
        at += 2;
        List<String> words = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int end = bytes.indexOf("\r\n", at);
            int start = end + 2;
            int length = Integer.parseInt(bytes, at + 1, end, 10);
            words.add(bytes.substring(start, start + length));
            at = start + length + 2;
        }
        return words;
    }

    /** What the client makes of a reply; for an error, a {@code Throwable}. */
    static @Nullable Response response(@Nullable Object reply) {
        if (reply instanceof Long number) {
            return NumberType.create(number);
        }
        if (reply instanceof String text) {
            return BulkType.create(Buffer.buffer(text.getBytes(StandardCharsets.ISO_8859_1)), false);
        }
        if (reply instanceof Status status) {
            return SimpleStringType.create(status.text());
        }
        if (reply instanceof RedisError error) {
            return ErrorType.create(error.getMessage());
        }
        if (reply instanceof List<?> list) {
            MultiType multi = MultiType.create(list.size(), false);
            list.forEach(element -> multi.add(response(element)));
            return multi;
        }
        return null;
    }
}
