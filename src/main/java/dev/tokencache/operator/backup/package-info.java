/**
 * The commands {@code export} and {@code import}: the live tokens of a cluster as a file, and back. {@code Export} and {@code
 * Import} decide; they read and copy with the classes of a migration.
 */
@NullMarked
package dev.tokencache.operator.backup;

import org.jspecify.annotations.NullMarked;
