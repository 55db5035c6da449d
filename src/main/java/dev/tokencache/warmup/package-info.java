/**
 * Sends requests to this service itself before it is ready, so that the first callers do not wait for the JVM's compilers.
 * {@link dev.tokencache.warmup.WarmUp} is the entry point.
 */
@NullMarked
package dev.tokencache.warmup;

import org.jspecify.annotations.NullMarked;
