/**
 * What operators meet: the checks at the start, and the command line ({@link dev.tokencache.ops.Main}).
 *
 * <p>Start reading at {@link dev.tokencache.ops.StartupChecks}. The promise: a configuration that could not work stops
 * the start with one line that names the property.
 */
@NullMarked
package dev.tokencache.ops;

import org.jspecify.annotations.NullMarked;
