package dev.tokencache.redis.command;

import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/**
 * What Redis answered.
 *
 * @param response the answer, null for a nil
 * @param isFromReplica whether it is a replica's, which may have missed the last writes: what it does not know may exist
 * @param isReplicated false if this is the answer to a write that fewer replicas have than were asked for
 */
public record RoutedReply(@Nullable Response response, boolean isFromReplica, boolean isReplicated) {}
