package dev.tokencache.ops;

import dev.tokencache.migration.cli.MigrateCommand;
import picocli.CommandLine.Command;

/** All commands. */
@Command(
        name = "token-cache",
        mixinStandardHelpOptions = true,
        description = "Keeps SSO tokens in a Redis Cluster. Without arguments it is the service.",
        subcommands = MigrateCommand.class)
final class TokenCacheCommand {}
