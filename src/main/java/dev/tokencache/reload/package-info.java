/**
 * Changes parts of the configuration while the service runs.
 *
 * <p>{@link dev.tokencache.reload.Reload} is the entry point. It promises that a reload puts all valid values into use, or
 * none, and that it never reveals a value.
 */
@NullMarked
package dev.tokencache.reload;

import org.jspecify.annotations.NullMarked;
