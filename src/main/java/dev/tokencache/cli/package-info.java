/**
 * What the commands of the jar share: the client of the admin API, credentials, progress, and the exit codes that scripts
 * rely on ({@link dev.tokencache.cli.ExitCode}).
 */
@NullMarked
package dev.tokencache.cli;

import org.jspecify.annotations.NullMarked;
