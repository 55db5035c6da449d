package dev.tokencache.redis;

import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** Replies of Redis, for tests. */
public final class Reply implements Response {

    private final Object value;

    private Reply(Object value) {
        this.value = value;
    }

    public static Response number(long value) {
        return new Reply(value);
    }

    public static Response text(String value) {
        return new Reply(value);
    }

    public static Response bytes(byte[] value) {
        return new Reply(value);
    }

    /** An array; null elements are nil. */
    public static Response list(Response... values) {
        return new Reply(Arrays.asList(values));
    }

    @Override
    public ResponseType type() {
        return value instanceof List ? ResponseType.MULTI : ResponseType.BULK;
    }

    @Override
    public String toString() {
        return value.toString();
    }

    @Override
    public byte[] toBytes() {
        return (byte[]) value;
    }

    @Override
    public Integer toInteger() {
        return ((Long) value).intValue();
    }

    @Override
    public Response get(int index) {
        return (Response) ((List<?>) value).get(index);
    }

    @Override
    public int size() {
        return ((List<?>) value).size();
    }

    @Override
    @SuppressWarnings("unchecked")
    public Iterator<Response> iterator() {
        return ((List<Response>) value).iterator();
    }
}
