package dev.tokencache.redis.connection;

import dev.tokencache.redis.RedisErrorException;
import io.vertx.core.Promise;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/** A command to one specific node, without routing. Completes or fails its promise. */
final class NodeQuery extends ConnectionCommand {

    private final Request request;
    private final long extraNanos;
    private final Promise<@Nullable Response> promise;

    NodeQuery(Request request, long extraNanos, Promise<@Nullable Response> promise) {
        this.request = request;
        this.extraNanos = extraNanos;
        this.promise = promise;
    }

    @Override
    protected Request request(NodeClock clock) {
        return request;
    }

    @Override
    long extraNanos() {
        return extraNanos;
    }

    @Override
    public void onReply(@Nullable Response response) {
        promise.tryComplete(response);
    }

    @Override
    public void onError(PipelinedConnection source, String message) {
        promise.tryFail(new RedisErrorException(message));
    }

    @Override
    public void onNotSent() {
        promise.tryFail("no connection");
    }

    @Override
    public void onLost() {
        promise.tryFail("connection lost");
    }
}
