package dev.tokencache.simulation;

import java.util.List;
import java.util.stream.Stream;

/** Instances with a journal. */
class JournalSimulationTest extends SimulationContract {

    @Override
    List<Run> runs() {
        return List.of(
                new Run(Scenario.SHARED_JOURNAL, 3),
                new Run(Scenario.JOURNAL_NEAR_CACHE, 1),
                new Run(Scenario.LOCAL_JOURNAL, 1));
    }

    /** Without near caches: {@link ClusterSimulationTest} repeats those, and three instances with a journal take long. */
    @Override
    Stream<Scenario> repeated() {
        return scenarios().filter(scenario -> scenario != Scenario.JOURNAL_NEAR_CACHE);
    }
}
