package dev.tokencache.operator.backup;

import dev.tokencache.cli.Display;
import dev.tokencache.operator.nodes.NodeOptions;
import dev.tokencache.seal.Seal;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that connects to Redis itself, with the settings of the service. */
abstract class BackupCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    NodeOptions redis = new NodeOptions();

    @Mixin
    ServiceSettings settings = new ServiceSettings();

    final ClusterConnection connect(Seal seal) {
        return ClusterConnection.open(redis, seal, settings.maxTtl());
    }

    final Display display() {
        return Display.on(spec.commandLine().getErr());
    }

    final void out(String format, Object... values) {
        spec.commandLine().getOut().println(String.format(Locale.ROOT, format, values));
        spec.commandLine().getOut().flush();
    }
}
