/**
 * The command line for migrations. The entry type is {@link dev.tokencache.migration.cli.MigrateCommand}. It uses only
 * the admin API of a running service. Scripts can rely on its exit codes ({@link
 * dev.tokencache.cli.ExitCode}).
 */
@NullMarked
package dev.tokencache.migration.cli;

import org.jspecify.annotations.NullMarked;
