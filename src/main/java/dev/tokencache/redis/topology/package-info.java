/**
 * The layout of the cluster. {@link dev.tokencache.redis.topology.Topology} is the entry: it keeps the slot map current, and
 * knows which replicas may serve reads and which masters have stopped replying.
 */
@NullMarked
package dev.tokencache.redis.topology;

import org.jspecify.annotations.NullMarked;
