/**
 * Commands to the cluster. {@link dev.tokencache.redis.command.RedisRouter} is the entry: it routes each command to the
 * master of its slot, follows redirections, retries until the deadline and reads from a replica while the master is silent.
 */
@NullMarked
package dev.tokencache.redis.command;

import org.jspecify.annotations.NullMarked;
