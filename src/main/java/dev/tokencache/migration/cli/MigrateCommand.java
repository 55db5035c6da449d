package dev.tokencache.migration.cli;

import picocli.CommandLine.Command;

/** Everything about moving from an old store to the cluster. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = "Moves from an old store to the cluster, by the admin API of a running service.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the service said no, or something was found that should not be",
            "2:the arguments make no sense",
            "3:the service, or a store behind it, gave no answer",
            "4:the caller is not known, or lacks the role admin"
        },
        subcommands = {StatusCommand.class, SetCommand.class, BackfillCommand.class, VerifyCommand.class})
public final class MigrateCommand {}
