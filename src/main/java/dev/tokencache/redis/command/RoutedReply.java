package dev.tokencache.redis.command;

import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/**
 * The reply to a routed command, null for nil. One of a replica may lack the latest writes: a missing key may exist. A
 * write is not replicated if fewer replicas than configured acknowledged it.
 */
public record RoutedReply(@Nullable Response response, boolean isFromReplica, boolean isReplicated) {}
