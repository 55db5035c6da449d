package dev.tokencache.redis;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the router has to know besides where Redis is. A part of {@code tokencache.redis.*}. */
public interface RouterConfig {

    /** How many replicas must have a write before it is answered; 0 for none. */
    int minReplicas();

    /** The longest to wait for these replicas. */
    Duration replicaTimeout();

    /** After how long without an answer of a master its replica is asked instead; zero for never. */
    Duration replicaReadAfter();

    /** How far a replica may be behind its master to be asked. */
    Duration maxReplicaLag();

    /** The most calls that may be under way in all; beyond it calls fail at once. */
    int maxCalls();

    /** The longest that a call may take in all: redirections, retries and waits for a new master included. */
    Duration timeout();

    /** The longest that a node may take to answer one command; then its connection is closed and made anew. */
    Duration commandTimeout();

    /** The longest that making a connection may take, TLS and authentication included. */
    Duration connectTimeout();

    /** How often the slot map is read anew when nothing happens. */
    Duration refreshInterval();

    /** The most commands that may wait for their answers on one connection. */
    int maxInFlight();

    /** Where nodes are reached that name themselves by addresses of another network; see {@link AddressMap#of}. */
    Optional<List<String>> addressMap();
}
