/**
 * The Redis Cluster of dev mode, tokens to look at, and the redirect to the console. A production package does not contain its
 * {@code redis-server}.
 *
 * <p>Start reading at {@link dev.tokencache.devmode.DevCluster}. It promises that every node is up before other beans connect to
 * it, and that no server outlives the JVM.
 */
@NullMarked
package dev.tokencache.devmode;

import org.jspecify.annotations.NullMarked;
