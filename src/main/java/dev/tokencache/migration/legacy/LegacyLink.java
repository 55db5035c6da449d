package dev.tokencache.migration.legacy;

import dev.tokencache.redis.Endpoint;
import io.vertx.core.Future;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings commands to the old Redis, whatever it consists of. Thread-safe. */
interface LegacyLink {

    /** Sends an idempotent command to whoever has the key; the answer is null for a nil. Ends within the timeout. */
    Future<@Nullable Response> send(byte[] key, Request request);

    /** Whether one server has all keys, and no slots. */
    boolean isOneServer();

    /** The masters that are known now. */
    List<Endpoint> masters();

    /** A client with one connection to one node, for a walk that must not disturb requests; whoever asks closes it. */
    Redis client(Endpoint node);

    /** Closes everything, for good. */
    void close();
}
