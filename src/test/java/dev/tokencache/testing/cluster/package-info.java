/**
 * Fault tools for the embedded Redis Cluster.
 *
 * <p>Start reading at {@link dev.tokencache.testing.cluster.TestCluster}. It promises that
 * {@link dev.tokencache.testing.cluster.TestCluster#heal} repairs every fault that these tools inject.
 */
@NullMarked
package dev.tokencache.testing.cluster;

import org.jspecify.annotations.NullMarked;
