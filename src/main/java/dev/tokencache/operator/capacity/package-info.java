/**
 * The command {@code capacity}: what a load needs, from measured costs.
 *
 * <p>Start reading at {@link dev.tokencache.operator.capacity.Sizing}. It promises no more than docs/scaling.md, which says what
 * was measured.
 */
@NullMarked
package dev.tokencache.operator.capacity;

import org.jspecify.annotations.NullMarked;
