package dev.tokencache.store.redis.router;

import io.vertx.core.Promise;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/** A command to one certain node, whatever it serves. */
final class Question extends PipeCommand {

    private final Promise<@Nullable Response> promise;

    Question(Request request, Promise<@Nullable Response> promise) {
        super(request);
        this.promise = promise;
    }

    @Override
    void answered(@Nullable Response response) {
        promise.tryComplete(response);
    }

    @Override
    void refused(NodePipe by, String message) {
        promise.tryFail(new RedisErrorException(message));
    }

    @Override
    void notSent() {
        promise.tryFail("no connection");
    }

    @Override
    void lost() {
        promise.tryFail("the connection was lost");
    }
}
