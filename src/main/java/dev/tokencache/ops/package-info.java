/**
 * What operators meet: the checks at the start.
 *
 * <p>Start reading at {@link dev.tokencache.ops.StartupChecks}. The promise: a configuration that could not work stops
 * the start with one line that names the property.
 */
@NullMarked
package dev.tokencache.ops;

import org.jspecify.annotations.NullMarked;
