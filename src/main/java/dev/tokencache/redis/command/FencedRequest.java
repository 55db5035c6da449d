package dev.tokencache.redis.command;

import io.vertx.redis.client.Request;

/**
 * A write that a node refuses after a moment on the node's own clock, with the error {@code LATE} and what that clock shows. A
 * write that was given up can therefore not take effect later, wherever the network held it.
 */
@FunctionalInterface
public interface FencedRequest {

    /** The request for one attempt, which the node may run until a moment on its clock, in milliseconds. */
    Request until(long nodeMillis);
}
