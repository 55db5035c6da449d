package dev.tokencache.operator.drill.cli;

import dev.tokencache.cli.ExitCode;
import dev.tokencache.operator.drill.DrillPlan;
import dev.tokencache.operator.drill.Gate;
import dev.tokencache.operator.drill.NodeAccess;
import java.time.LocalTime;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Shows the steps of a drill, and whether it may start. Changes nothing.")
final class PlanCommand extends PlannedCommand {

    @Override
    ExitCode with(NodeAccess nodes, DrillPlan plan) {
        print(plan);
        List<String> reasons = Gate.reasons(plan, conditions(), LocalTime.now());
        reasons.forEach(reason -> out().println("the gate refuses: " + reason));
        return reasons.isEmpty() ? ExitCode.OK : ExitCode.NO;
    }
}
