/**
 * The start-up checks and the command line ({@link dev.tokencache.ops.Main}).
 *
 * <p>Start reading at {@link dev.tokencache.ops.StartupChecks}. It promises that an invalid configuration stops the start with
 * one line that names the property.
 */
@NullMarked
package dev.tokencache.ops;

import org.jspecify.annotations.NullMarked;
