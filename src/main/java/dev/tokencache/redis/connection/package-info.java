/**
 * Connections to single Redis nodes. {@link dev.tokencache.redis.connection.EventLoopConnections} owns those of one event
 * loop, {@link dev.tokencache.redis.connection.PipelinedConnection} is one of them.
 */
@NullMarked
package dev.tokencache.redis.connection;

import org.jspecify.annotations.NullMarked;
