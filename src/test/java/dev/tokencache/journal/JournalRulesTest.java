package dev.tokencache.journal;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever happens in whatever order - logins, renewals, logouts by token, string and subject, outages of every kind,
 * replays that are cut short, processes that know nothing of the journal - no token comes back that was expired, and no
 * write that was acknowledged is lost.
 */
class JournalRulesTest {

    @Property(tries = 2000)
    void shouldLoseNothingAndBringNothingBack(@ForAll("histories") List<OutageModel.Step> history) {
        OutageModel model = new OutageModel();
        for (OutageModel.Step step : history) {
            model.apply(step);
            model.checkAllVerdicts();
        }
        model.endOutage();
        model.checkThatRedisHasExactlyWhatWasAcknowledged();
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
