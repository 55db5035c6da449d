package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.connection.PipelinedConnection;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Queries a node for its view of the cluster. Belongs to one event loop. */
final class ClusterViewQuery {

    private static final Logger LOG = Logger.getLogger(ClusterViewQuery.class);
    static final Duration TIMEOUT = Duration.ofMillis(400);
    private static final Request CLUSTER_INFO = Request.cmd(Command.CLUSTER, "INFO");
    private static final Request CLUSTER_NODES = Request.cmd(Command.CLUSTER, "NODES");
    private static final Request CLUSTER_SLOTS = Request.cmd(Command.CLUSTER, "SLOTS");

    private final Time time;
    private final RedisConnector connector;
    private boolean isErrorLogged;

    /** @param connector translates the addresses that the cluster announces, and logs refusals */
    ClusterViewQuery(Time time, RedisConnector connector) {
        this.time = time;
        this.connector = connector;
    }

    /** The view of the node, or null if it does not reply in time or returns an error. The future never fails. */
    Future<@Nullable ClusterView> query(PipelinedConnection node) {
        Promise<@Nullable ClusterView> promise = Promise.promise();
        Duration timeout = Duration.ofNanos(Math.max(TIMEOUT.toNanos(), node.replyTimeoutNanos()));
        Time.Timer timer = time.schedule(timeout, () -> promise.tryComplete(null));
        Future<@Nullable Response> info = node.query(CLUSTER_INFO);
        Future<@Nullable Response> nodes = node.query(CLUSTER_NODES);
        Future<@Nullable Response> slots = node.query(CLUSTER_SLOTS);
        Future.all(info, nodes, slots)
                .<@Nullable ClusterView>map(
                        done -> view(info.result(), nodes.result(), slots.result(), node.endpoint()))
                .onFailure(this::logError)
                .otherwiseEmpty()
                .onComplete(done -> {
                    timer.cancel();
                    promise.tryComplete(done.result());
                });
        return promise.future();
    }

    private @Nullable ClusterView view(
            @Nullable Response info, @Nullable Response nodes, @Nullable Response slots, Endpoint node) {
        if (info == null || nodes == null || slots == null) {
            return null;
        }
        ClusterView view = ClusterView.parse(info, nodes, slots, node, connector.addresses());
        if (!view.isOk()) {
            connector.refused("CLUSTERDOWN", time.nanoTime());
        }
        return view;
    }

    private void logError(Throwable failure) {
        if (failure instanceof RedisErrorException error && error.code().equals("ERR") && !isErrorLogged) {
            isErrorLogged = true;
            LOG.warnf(
                    "Redis rejected CLUSTER NODES; it may not be a cluster. For a standalone server, set %s=standalone",
                    connector.labels().property("client-type"));
        }
    }
}
