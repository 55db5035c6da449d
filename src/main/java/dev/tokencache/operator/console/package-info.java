/**
 * The console: pages for operators on the management port, under {@code /console/}.
 *
 * <p>Start reading at {@code ConsoleRoutes}. It promises that only a caller with the role {@code admin} sees a page, that only a
 * form of the console itself changes anything, and that every change stands in the audit log.
 */
@NullMarked
package dev.tokencache.operator.console;

import org.jspecify.annotations.NullMarked;
