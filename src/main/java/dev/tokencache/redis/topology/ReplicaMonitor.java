package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.connection.EventLoopConnections;
import dev.tokencache.redis.connection.PipelinedConnection;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Tracks which replicas are close enough to their masters to serve reads. */
public final class ReplicaMonitor {

    private static final Request INFO = Request.cmd(Command.INFO, "replication");

    private final Duration maxLag;
    private final Set<Endpoint> usable = ConcurrentHashMap.newKeySet();

    /** @param maxLag how far a usable replica may be behind its master */
    public ReplicaMonitor(Duration maxLag) {
        this.maxLag = maxLag;
    }

    /** Whether a replica may serve reads for its master. Safe to call from any thread. */
    boolean isUsable(Endpoint replica) {
        return usable.contains(replica);
    }

    /**
     * Checks the lag of all replicas. Must be called on the event loop of the connections.
     *
     * @param onPromotion called if a replica reports that it is a master now
     */
    void check(EventLoopConnections connections, Map<Endpoint, Set<Endpoint>> shards, Runnable onPromotion) {
        shards.values()
                .forEach(replicas -> replicas.forEach(replica -> check(connections.connection(replica), onPromotion)));
    }

    private void check(PipelinedConnection replica, Runnable onPromotion) {
        replica.query(INFO).onComplete(done -> update(replica.endpoint(), done.result(), onPromotion));
    }

    /** A replica that does not reply is not usable: it may have restarted with old data or none. */
    private void update(Endpoint replica, @Nullable Response reply, Runnable onPromotion) {
        ReplicaInfo info = reply == null ? null : ReplicaInfo.parse(reply.toString());
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
