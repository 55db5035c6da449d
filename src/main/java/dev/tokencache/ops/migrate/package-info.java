/**
 * The command line for migrations. The entry is {@link dev.tokencache.ops.migrate.MigrateCommand}. The promise: it speaks to the
 * admin API of a running service and to nothing else, and its exit codes ({@link dev.tokencache.ops.migrate.ExitCode}) say to scripts what
 * it says to people.
 */
@NullMarked
package dev.tokencache.ops.migrate;

import org.jspecify.annotations.NullMarked;
