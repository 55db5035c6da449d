/** The command {@link dev.tokencache.operator.drill.cli.DrillCommand drill}: canaries over HTTP, hooks, and the display. */
@NullMarked
package dev.tokencache.operator.drill.cli;

import org.jspecify.annotations.NullMarked;
