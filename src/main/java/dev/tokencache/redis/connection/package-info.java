/**
 * Connections to single Redis nodes. {@link dev.tokencache.redis.connection.EventLoopConnections} is the entry: it keeps one
 * pipelined connection per node and event loop, reconnects automatically and closes connections whose node hangs.
 */
@NullMarked
package dev.tokencache.redis.connection;

import org.jspecify.annotations.NullMarked;
