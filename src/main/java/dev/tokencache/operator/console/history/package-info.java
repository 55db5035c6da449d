/**
 * The values of the last quarter of an hour, in memory, and their charts.
 *
 * <p>Start reading at {@link dev.tokencache.operator.console.history.MetricHistory}. It promises that requests pay nothing for
 * it: it reads counters that exist anyway.
 */
@NullMarked
package dev.tokencache.operator.console.history;

import org.jspecify.annotations.NullMarked;
