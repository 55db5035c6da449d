package dev.tokencache.simulation;

import java.util.List;

/** Instances with the two stores of a migration. */
class MigrationSimulationTest extends SimulationContract {

    @Override
    List<Run> runs() {
        return List.of(new Run(Scenario.MIGRATION, 1), new Run(Scenario.MIGRATION, 2), new Run(Scenario.MIGRATION, 5));
    }
}
