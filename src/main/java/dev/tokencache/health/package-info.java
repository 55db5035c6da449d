/**
 * The readiness probe for Redis, {@link dev.tokencache.health.RedisReadiness}. The journal and the migration have their own
 * in their packages. Liveness does not depend on Redis: restarting this service does not repair a cluster.
 */
@NullMarked
package dev.tokencache.health;

import org.jspecify.annotations.NullMarked;
