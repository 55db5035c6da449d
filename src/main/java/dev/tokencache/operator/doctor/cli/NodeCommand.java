package dev.tokencache.operator.doctor.cli;

import dev.tokencache.cli.AdminCommand;
import dev.tokencache.operator.nodes.NodeOptions;
import picocli.CommandLine.Mixin;

/** A command that can also connect to Redis itself. */
public abstract class NodeCommand extends AdminCommand {

    @Mixin
    protected NodeOptions redis = new NodeOptions();
}
