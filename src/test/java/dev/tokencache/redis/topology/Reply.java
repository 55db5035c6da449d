package dev.tokencache.redis.topology;

import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** Replies of Redis, for tests of what reads them. */
final class Reply implements Response {

    private final Object value;

    private Reply(Object value) {
        this.value = value;
    }

    static Response number(long value) {
        return new Reply(value);
    }

    static Response text(String value) {
        return new Reply(value);
    }

    /** A list; null in it is a nil. */
    static Response list(Response... values) {
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
