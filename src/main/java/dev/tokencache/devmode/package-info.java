/**
 * An embedded Redis Cluster for dev mode and tests. A production package does not contain its {@code redis-server}.
 *
 * <p>Start reading at {@link dev.tokencache.devmode.EmbeddedCluster}. It promises that after the start every node is up and all
 * agree on the slots, and that no server outlives the JVM.
 */
@NullMarked
package dev.tokencache.devmode;

import org.jspecify.annotations.NullMarked;
