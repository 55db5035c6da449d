/**
 * Fault tools for the embedded Redis Cluster.
 *
 * <p>Start reading at {@link dev.tokencache.testing.cluster.TestCluster}. It promises that
 * {@link dev.tokencache.testing.cluster.TestCluster#heal} repairs every fault that these tools inject into nodes.
 * {@link dev.tokencache.testing.cluster.TcpFaultProxy} injects faults into the connections to one node.
 */
@NullMarked
package dev.tokencache.testing.cluster;

import org.jspecify.annotations.NullMarked;
