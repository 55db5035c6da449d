package dev.tokencache.store.redis.router;

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
final class ReplicaWatch {

    private static final Request INFO = Request.cmd(Command.INFO, "replication");

    private final Duration maxLag;
    private final Set<Endpoint> usable = ConcurrentHashMap.newKeySet();

    ReplicaWatch(Duration maxLag) {
        this.maxLag = maxLag;
    }

    /** Whether a replica may stand in for its master. From any thread. */
    boolean isUsable(Endpoint replica) {
        return usable.contains(replica);
    }

    /** Asks all replicas how far they are behind; on the loop of the pipes. */
    void look(LoopRouter pipes, Map<Endpoint, Set<Endpoint>> shards) {
        shards.values().forEach(replicas -> replicas.forEach(replica -> look(pipes.pipe(replica))));
    }

    private void look(NodePipe replica) {
        Promise<@Nullable Response> promise = Promise.promise();
        promise.future().onComplete(done -> note(replica.endpoint(), done.result()));
        replica.send(new Question(INFO, promise));
    }

    /** No answer counts as bad news: it may have been restarted meanwhile, with old data or none. */
    private void note(Endpoint replica, @Nullable Response info) {
        if (info != null && ReplicaInfo.parse(info.toString()).isUsable(usable.contains(replica), maxLag)) {
            usable.add(replica);
        } else {
            usable.remove(replica);
        }
    }
}
