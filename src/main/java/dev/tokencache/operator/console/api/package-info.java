/**
 * The API description in a form that a page can show, and calls of its operations.
 *
 * <p>Start reading at {@link dev.tokencache.operator.console.api.Description}. {@code ApiCall} promises that a call reaches only
 * an operation of the description.
 */
@NullMarked
package dev.tokencache.operator.console.api;

import org.jspecify.annotations.NullMarked;
