/**
 * The readiness probe for Redis, {@link dev.tokencache.health.RedisReadiness}. Those of the journal and
 * of a migration are next to their admin APIs. Liveness does not depend on Redis: restarting this service does not repair
 * a cluster.
 */
@NullMarked
package dev.tokencache.health;

import org.jspecify.annotations.NullMarked;
