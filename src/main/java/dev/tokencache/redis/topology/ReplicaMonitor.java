package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.connection.EventLoopConnections;
import dev.tokencache.redis.connection.NodeQuery;
import dev.tokencache.redis.connection.PipelinedConnection;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Knows which replicas have all but the last moments of their master's data. */
public final class ReplicaMonitor {

    private static final Request INFO = Request.cmd(Command.INFO, "replication");

    private final Duration maxLag;
    private final Set<Endpoint> usable = ConcurrentHashMap.newKeySet();

    public ReplicaMonitor(Duration maxLag) {
        this.maxLag = maxLag;
    }

    /** Whether a replica may stand in for its master. From any thread. */
    boolean isUsable(Endpoint replica) {
        return usable.contains(replica);
    }

    /**
     * Asks all replicas how far they are behind; on the loop of the pipes.
     *
     * @param onPromotion told if one of them says that it is a master now
     */
    void look(EventLoopConnections pipes, Map<Endpoint, Set<Endpoint>> shards, Runnable onPromotion) {
        shards.values().forEach(replicas -> replicas.forEach(replica -> look(pipes.pipe(replica), onPromotion)));
    }

    private void look(PipelinedConnection replica, Runnable onPromotion) {
        Promise<@Nullable Response> promise = Promise.promise();
        promise.future().onComplete(done -> note(replica.endpoint(), done.result(), onPromotion));
        replica.send(new NodeQuery(INFO, promise));
    }

    /** No answer counts as bad news: it may have been restarted meanwhile, with old data or none. */
    private void note(Endpoint replica, @Nullable Response answer, Runnable onPromotion) {
        ReplicaInfo info = answer == null ? null : ReplicaInfo.parse(answer.toString());
        if (info != null && info.isUsable(usable.contains(replica), maxLag)) {
            usable.add(replica);
        } else {
            usable.remove(replica);
        }
        if (info != null && info.isMaster()) {
            onPromotion.run();
        }
    }
}
