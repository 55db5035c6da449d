/** The running instances, by the heartbeats that each writes into the cluster. */
@NullMarked
package dev.tokencache.operator.instances;

import org.jspecify.annotations.NullMarked;
