package dev.tokencache.simulation;

import java.util.List;

/** Instances and a cluster, without a journal. */
class ClusterSimulationTest extends SimulationContract {

    @Override
    List<Run> runs() {
        return List.of(
                new Run(Scenario.CLUSTER, 1),
                new Run(Scenario.CLUSTER, 2),
                new Run(Scenario.FOCUSED_CLUSTER, 1),
                new Run(Scenario.NEAR_CACHE, 2),
                new Run(Scenario.LINEARIZABLE, 1));
    }
}
