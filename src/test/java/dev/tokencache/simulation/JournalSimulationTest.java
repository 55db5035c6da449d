package dev.tokencache.simulation;

import java.util.List;

/** Instances with a journal. */
class JournalSimulationTest extends SimulationContract {

    @Override
    List<Run> runs() {
        return List.of(
                new Run(Scenario.SHARED_JOURNAL, 3),
                new Run(Scenario.JOURNAL_NEAR_CACHE, 1),
                new Run(Scenario.LOCAL_JOURNAL, 1));
    }

    @Override
    Scenario repeated() {
        return Scenario.LOCAL_JOURNAL;
    }
}
