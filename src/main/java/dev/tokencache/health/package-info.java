/**
 * What the probes of Kubernetes and operators read. The entry is {@link dev.tokencache.health.RedisReadiness}. Liveness
 * never looks at Redis: restarting this service does not heal a cluster.
 */
@NullMarked
package dev.tokencache.health;

import org.jspecify.annotations.NullMarked;
