package dev.tokencache.migration.legacy;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.connection.NodeLink;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection to the old Redis: a single server, a cluster or a master behind sentinels. Thread-safe. */
interface LegacyLink {

    /** Sends an idempotent command to the node that owns the key. The reply is null for nil. Ends within the timeout. */
    Future<@Nullable Response> send(byte[] key, Request request);

    List<Endpoint> masters();

    /** A connection of its own to one node, for a scan that must not delay requests. The caller opens and closes it. */
    NodeLink scanLink(Endpoint node);

    void close();
}
