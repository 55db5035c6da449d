package dev.tokencache.deploy;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class SystemdUnitNativeIT extends SystemdUnitIT {

    /** The command for the executable, with the options of the unit. */
    @Override
    List<String> command() {
        List<String> command =
                new ArrayList<>(List.of(values(UNIT, "ExecStart").get(0).split(" ")));
        assertThat(command.get(0)).isEqualTo("/usr/lib/token-cache/token-cache");
        command.set(0, System.getProperty("tokencache.executable"));
        return command;
    }
}
