package dev.tokencache.redis;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Timeouts and limits of the cluster client, without the location of Redis. By default, replicas are not used. */
public interface RouterConfig {

    /** How many replicas must acknowledge a write before its reply is reported; 0 for none. */
    default int minReplicas() {
        return 0;
    }

    default Duration replicaTimeout() {
        return timeout();
    }

    /** How long a master must be silent before a replica serves its reads; zero disables replica reads. */
    default Duration replicaReadAfter() {
        return Duration.ZERO;
    }

    /** How long a replica may answer for a silent master that is not reported as failed: it may lack that much. */
    default Duration maxReplicaLag() {
        return Duration.ZERO;
    }

    /** The maximum number of calls in flight, over all event loops. Further calls fail immediately. */
    int maxCalls();

    /** The maximum duration of a call, including redirections, retries and waiting for a new master. */
    Duration timeout();

    /** How long a node may take to reply to one command. After that its connection is closed and re-established. */
    Duration commandTimeout();

    /** The maximum time to establish a connection, including TLS and authentication. */
    Duration connectTimeout();

    /** Translations of announced addresses to reachable ones; see {@link AddressMap#of}. */
    default Optional<List<String>> addressMap() {
        return Optional.empty();
    }
}
