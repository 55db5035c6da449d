package dev.tokencache.redis.topology;

import dev.tokencache.redis.AddressMap;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.connection.LogLabels;
import dev.tokencache.redis.connection.NodeQuery;
import dev.tokencache.redis.connection.PipelinedConnection;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Asks a node how it sees the cluster. Belongs to one event loop. */
final class ClusterViewQuery {

    private static final Logger LOG = Logger.getLogger(ClusterViewQuery.class);

    private static final long ANSWER_MILLIS = 400;

    private static final Request CLUSTER_INFO = Request.cmd(Command.CLUSTER, "INFO");
    private static final Request CLUSTER_SLOTS = Request.cmd(Command.CLUSTER, "SLOTS");

    private final Vertx vertx;
    private final AddressMap addresses;
    private final LogLabels naming;
    private boolean noClusterLogged;

    /** @param addresses where the nodes are reached that the cluster names */
    ClusterViewQuery(Vertx vertx, AddressMap addresses, LogLabels naming) {
        this.vertx = vertx;
        this.addresses = addresses;
        this.naming = naming;
    }

    /** What a node knows, or null if it did not say in time. Never fails. */
    Future<@Nullable ClusterView> ask(PipelinedConnection pipe) {
        Promise<@Nullable Response> info = Promise.promise();
        Promise<@Nullable Response> ranges = Promise.promise();
        long timer = vertx.setTimer(ANSWER_MILLIS, fired -> {
            info.tryFail("no answer in time");
            ranges.tryFail("no answer in time");
        });
        pipe.send(new NodeQuery(CLUSTER_INFO, info));
        pipe.send(new NodeQuery(CLUSTER_SLOTS, ranges));
        return Future.all(info.future(), ranges.future())
                .onComplete(done -> vertx.cancelTimer(timer))
                .<@Nullable ClusterView>map(
                        done -> view(info.future().result(), ranges.future().result(), pipe.endpoint()))
                .onFailure(this::explain)
                .otherwiseEmpty();
    }

    private @Nullable ClusterView view(@Nullable Response info, @Nullable Response ranges, Endpoint node) {
        return info == null || ranges == null
                ? null
                : ClusterView.parse(info, ranges, node.host()).mapped(addresses);
    }

    private void explain(Throwable failure) {
        if (failure instanceof RedisErrorException error && error.code().equals("ERR") && !noClusterLogged) {
            noClusterLogged = true;
            LOG.warnf(
                    "Redis does not answer CLUSTER SLOTS: is it a cluster? For a single server, set %s=standalone",
                    naming.setting("client-type"));
        }
    }
}
