package dev.tokencache.redis.connection;

import io.vertx.redis.client.Request;
import org.jspecify.annotations.Nullable;

/**
 * Decides by its id whether a node may receive commands. The process behind an address can be another one after each
 * reconnect, and a node can get a new id ({@code CLUSTER RESET HARD}). Thread-safe.
 */
public interface NodeIdentity {

    /** Accepts every node: a standalone server has no id. */
    NodeIdentity ANY = new NodeIdentity() {
        @Override
        public @Nullable Request request() {
            return null;
        }

        @Override
        public boolean isMember(String id) {
            return true;
        }
    };

    /** The request to which a node replies with its id, sent first on each connection and then as heartbeat; or null. */
    @Nullable
    Request request();

    /** Whether the node may receive commands; the id is empty if the node returned an error instead. */
    boolean isMember(String id);
}
