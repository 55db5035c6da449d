package dev.tokencache.redis.connection;

import dev.tokencache.redis.RedisErrorException;
import io.vertx.core.Promise;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/** A command to one certain node, whatever it serves. */
public final class NodeQuery extends ConnectionCommand {

    private final Promise<@Nullable Response> promise;

    public NodeQuery(Request request, Promise<@Nullable Response> promise) {
        super(request);
        this.promise = promise;
    }

    @Override
    public void answered(@Nullable Response response) {
        promise.tryComplete(response);
    }

    @Override
    public void refused(PipelinedConnection by, String message) {
        promise.tryFail(new RedisErrorException(message));
    }

    @Override
    public void notSent() {
        promise.tryFail("no connection");
    }

    @Override
    public void lost() {
        promise.tryFail("the connection was lost");
    }
}
