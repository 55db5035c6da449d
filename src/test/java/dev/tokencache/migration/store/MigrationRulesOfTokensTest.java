package dev.tokencache.migration.store;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * No login and no logout is lost in any sequence of events: logins here and by other programs, renewals, logouts by
 * token and subject, phase changes, an instance that follows late, late copies, and stores that fail with or without
 * applying the write.
 */
class MigrationRulesOfTokensTest {

    @Property(tries = 5000)
    void shouldLoseNoLoginAndNoLogout(@ForAll("histories") List<MigrationModel.Step> history) {
        MigrationModel model = new MigrationModel();
        for (MigrationModel.Step step : history) {
            model.take(step);
            model.checkAllVerdicts();
        }
        model.finish();
    }

    @Provide
    Arbitrary<List<MigrationModel.Step>> histories() {
        Arbitrary<MigrationModel.Step> steps = Combinators.combine(
                        Arbitraries.of(MigrationModel.Action.class),
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.integers().between(0, 100))
                .as(MigrationModel.Step::new);
        return steps.list().ofMinSize(5).ofMaxSize(50);
    }
}
