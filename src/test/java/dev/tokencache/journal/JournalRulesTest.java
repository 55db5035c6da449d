package dev.tokencache.journal;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Random histories of logins, renewals, logouts by token, string and subject, outages, interrupted replays, and processes
 * without the journal. An expired token never becomes active again, and no acknowledged write is lost.
 */
class JournalRulesTest {

    @Property(tries = 2000)
    void shouldLoseNoAcknowledgedWriteAndReactivateNoExpiredToken(@ForAll("histories") List<OutageModel.Step> history) {
        OutageModel model = new OutageModel();
        for (OutageModel.Step step : history) {
            model.apply(step);
            model.checkAllVerdicts();
        }
        model.endOutage();
        model.checkThatRedisHasExactlyTheAcknowledgedWrites();
    }

    @Provide
    Arbitrary<List<OutageModel.Step>> histories() {
        Arbitrary<OutageModel.Step> steps = Combinators.combine(
                        Arbitraries.of(OutageModel.Action.class),
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.integers().between(0, 60))
                .as(OutageModel.Step::new);
        return steps.list().ofMinSize(5).ofMaxSize(50);
    }
}
