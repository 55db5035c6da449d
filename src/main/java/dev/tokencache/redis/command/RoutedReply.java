package dev.tokencache.redis.command;

import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/**
 * The reply to a routed command.
 *
 * @param response the reply, null for nil
 * @param isFromReplica whether a replica served the read. It may lack the latest writes: a missing key may exist
 * @param isReplicated false if fewer replicas than configured acknowledged the write
 */
public record RoutedReply(@Nullable Response response, boolean isFromReplica, boolean isReplicated) {}
