/** Drills in a running service: {@link dev.tokencache.operator.drill.live.LiveDrills} plans, starts and aborts them. */
@NullMarked
package dev.tokencache.operator.drill.live;

import org.jspecify.annotations.NullMarked;
