/**
 * The command line for migrations. The entry is {@link dev.tokencache.migration.cli.MigrateCommand}. The promise: it speaks to the
 * admin API of a running service and to nothing else, and its exit codes ({@link dev.tokencache.migration.cli.ExitCode}) say to scripts what
 * it says to people.
 */
@NullMarked
package dev.tokencache.migration.cli;

import org.jspecify.annotations.NullMarked;
