package dev.tokencache.store.redis.router;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the router has to know besides where Redis is. A part of {@code tokencache.redis.*}. */
public interface RouterConfig {

    /** The longest that a command may take in all, redirections and waits for a new master included. */
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
