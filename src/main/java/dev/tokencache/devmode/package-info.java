/**
 * A real Redis Cluster on this machine, for dev mode and for the tests; none of it works in a production package, which
 * leaves the {@code redis-server} out.
 *
 * <p>Start reading at {@link dev.tokencache.devmode.EmbeddedCluster}. Its promise: once it is started, every node is
 * up and all of them agree on the slots, and no server outlives a normal end of the JVM.
 */
@NullMarked
package dev.tokencache.devmode;

import org.jspecify.annotations.NullMarked;
