package dev.tokencache.simulation;

import dev.tokencache.migration.legacy.LegacyNetwork;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.connection.EventLoops;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connections of one process to the nodes of a simulated old store. */
record SimulatedLegacyNetwork(SimulatedNetwork network, SimulatedCluster cluster, SimulatedProcess process, String host)
        implements LegacyNetwork {

    @Override
    public EventLoops eventLoops(RedisConnector connector) {
        return new SimulatedService.OneLoop(network, cluster, process, host);
    }

    @Override
    public Redis client(RedisConnector connector, Endpoint node) {
        return new Client(new SimulatedLink(network, process, host, cluster.node(node)));
    }

    /** As in production, only closing the client closes the connection. */
    private record Client(SimulatedLink link) implements Redis {

        @Override
        public Future<RedisConnection> connect() {
            return link.connect(() -> {}).map(connected -> new Connection(link));
        }

        @Override
        public void close() {
            link.close();
        }

        @Override
        public Future<@Nullable Response> send(Request command) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<List<@Nullable Response>> batch(List<Request> commands) {
            throw new UnsupportedOperationException();
        }
    }

    private record Connection(SimulatedLink link) implements RedisConnection {

        @Override
        public Future<@Nullable Response> send(Request command) {
            return link.send(command);
        }

        @Override
        public Future<List<@Nullable Response>> batch(List<Request> commands) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }

        @Override
        public boolean pendingQueueFull() {
            return false;
        }

        @Override
        public RedisConnection exceptionHandler(@Nullable Handler<Throwable> handler) {
            return this;
        }

        @Override
        public RedisConnection handler(@Nullable Handler<Response> handler) {
            return this;
        }

        @Override
        public RedisConnection pause() {
            return this;
        }

        @Override
        public RedisConnection resume() {
            return this;
        }

        @Override
        public RedisConnection fetch(long amount) {
            return this;
        }

        @Override
        public RedisConnection endHandler(@Nullable Handler<Void> handler) {
            return this;
        }
    }
}
