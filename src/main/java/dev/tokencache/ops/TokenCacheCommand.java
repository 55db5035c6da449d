package dev.tokencache.ops;

import dev.tokencache.migration.cli.MigrateCommand;
import picocli.CommandLine.Command;

@Command(
        name = "token-cache",
        mixinStandardHelpOptions = true,
        description = "Stores SSO tokens in a Redis Cluster. Without arguments, starts the service.",
        subcommands = MigrateCommand.class)
final class TokenCacheCommand {}
