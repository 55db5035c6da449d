package dev.tokencache.operator.drill.cli;

import picocli.CommandLine.Command;

@Command(
        name = "drill",
        mixinStandardHelpOptions = true,
        description = "Rehearses a change or the loss of Redis nodes, and measures whether callers notice.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:the hypothesis held",
            "1:it is broken, or the gate refused the drill",
            "2:the arguments are invalid",
            "3:the service or the cluster is unavailable, or the verdict is unknown",
            "4:the caller is unknown or lacks a role"
        },
        subcommands = {PlanCommand.class, RunCommand.class, HistoryCommand.class})
public final class DrillCommand {

    static final String DRILL = "/v1/admin/drill";
    static final String DOCTOR = "/v1/admin/doctor";
    static final String JOURNAL = "/v1/admin/journal";
}
