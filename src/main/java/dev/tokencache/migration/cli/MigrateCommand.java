package dev.tokencache.migration.cli;

import picocli.CommandLine.Command;

@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = "Migrates from an old store to the cluster, through the admin API of a running service.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the service refused, or mismatches or failed tokens were found",
            "2:the arguments are invalid",
            "3:the service or one of its stores is unavailable",
            "4:the caller is unknown or lacks the role admin"
        },
        subcommands = {StatusCommand.class, SetCommand.class, BackfillCommand.class, VerifyCommand.class})
public final class MigrateCommand {

    static final String MIGRATION = "/v1/admin/migration";
    static final String BACKFILL = MIGRATION + "/backfill";
    static final String VERIFY = MIGRATION + "/verify";
}
