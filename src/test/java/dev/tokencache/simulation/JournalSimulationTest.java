package dev.tokencache.simulation;

import java.util.List;

/** Instances with a journal. */
class JournalSimulationTest extends SimulationContract {

    @Override
    List<Run> runs() {
        return List.of(new Run(Scenario.SHARED_JOURNAL, 3), new Run(Scenario.LOCAL_JOURNAL, 1));
    }
}
