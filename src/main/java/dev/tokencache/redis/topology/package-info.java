/**
 * The cluster's layout: which node serves which slot, which replicas are fresh, and when to read the layout again. {@link
 * dev.tokencache.redis.topology.Topology} is the entry.
 */
@NullMarked
package dev.tokencache.redis.topology;

import org.jspecify.annotations.NullMarked;
