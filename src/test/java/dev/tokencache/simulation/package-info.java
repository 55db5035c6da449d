/**
 * A deterministic simulation: the service's own classes, from {@code TokenService} down to the connections, against simulated
 * Redis nodes on a simulated network, in virtual time. A seed decides the whole history. {@link
 * dev.tokencache.simulation.Simulation} is one run; its oracle compares every answer with what was acknowledged before.
 */
@NullMarked
package dev.tokencache.simulation;

import org.jspecify.annotations.NullMarked;
