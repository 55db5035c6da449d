/**
 * {@code drill}: rehearses a planned or unplanned change of the cluster under measured traffic, and decides whether callers
 * noticed. {@link dev.tokencache.operator.drill.Drill} runs one; it knows neither the command line nor HTTP.
 */
@NullMarked
package dev.tokencache.operator.drill;

import org.jspecify.annotations.NullMarked;
