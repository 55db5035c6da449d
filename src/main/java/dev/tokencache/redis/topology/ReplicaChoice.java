package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterEvents.Distrust;

/** Which replica may answer for a silent master, if any: one that cannot lack an acknowledged revocation. */
public sealed interface ReplicaChoice {

    /** A replica that may answer, and when it was queried last: on a later connection it may have restarted since. */
    record Trusted(Endpoint replica, long observedNanos) implements ReplicaChoice {}

    record Refused(Distrust reason) implements ReplicaChoice {}
}
