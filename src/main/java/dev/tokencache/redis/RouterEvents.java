package dev.tokencache.redis;

import java.util.List;
import java.util.function.Predicate;

/** Receives events of the cluster client, for metrics. Called on event loops: implementations must not block. */
@FunctionalInterface
public interface RouterEvents {

    RouterEvents NONE = event -> {};

    enum Event {
        MOVED,
        ASKED,
        REFRESHED,
        /** No node returned the slot map. */
        REFRESH_FAILED,
        /** A connection was closed because its node did not reply in time. */
        DEADLINE_CLOSED,
        CONNECT_FAILED,
        /** A connection was refused: the node at the address is not a member of the known cluster. */
        FOREIGN_NODE,
        /** A call was rejected because too many calls or commands are in flight. */
        SHED,
        /** A write was acknowledged by fewer replicas than configured. */
        UNDER_REPLICATED
    }

    void happened(Event event);

    /** The known nodes or their roles changed; {@code isUp} is usable at any later time and from any thread. */
    default void nodesChanged(List<RouterState.Node> nodes, Predicate<Endpoint> isUp) {}

    /** A call failed because the only replies that it could have had may be outdated. */
    default void distrusted(Distrust reason) {}

    /** Why a reply is not trusted. */
    enum Distrust {
        /** Too few masters reply: the others may have replaced the one that replied. */
        MINORITY,
        /** The master is silent, but the cluster does not report it as failed: others may still write to it. */
        MASTER_NOT_FAILED,
        /** Every replica lacks something that the master had. */
        REPLICA_BEHIND,
        /** A replica does not reply, or follows another replication stream than the master had. */
        REPLICA_UNKNOWN
    }
}
