/**
 * One command on its path through the cluster: routing, redirections, retries, breakers. {@link
 * dev.tokencache.redis.command.RedisRouter} is the entry.
 */
@NullMarked
package dev.tokencache.redis.command;

import org.jspecify.annotations.NullMarked;
