package dev.tokencache.migration.state;

import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.BackfillProgress.Counts;
import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.MigrationPhase;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.MigrationStates.Shared;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import dev.tokencache.testing.StoredFormats;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The shared state of a migration. */
class StoredFormatsTest {

    private static final Shared SHARED = new Shared(
            new MigrationState(
                    MigrationPhase.of(MigrationPhase.Step.RAMP, 25, 100), 1, "ops", 4, OptionalLong.of(2), 3),
            new Evidence(9, Map.of(Mismatch.MISSING_IN_CLUSTER, 1L), Map.of(Side.CLUSTER, 2L)),
            new BackfillProgress(
                    BackfillProgress.Status.RUNNING,
                    2,
                    5,
                    OptionalLong.empty(),
                    1000,
                    new Counts(7, 4, 1, 1, 1),
                    Map.of("run-id", "42"),
                    100));

    @Test
    void shouldKeepTheFieldsOfTheHash() {
        Map<String, String> fields = new TreeMap<>();
        fields.putAll(MigrationFields.of(SHARED.state()));
        fields.putAll(MigrationFields.of(SHARED.evidence()));
        fields.putAll(MigrationFields.ofRunner(SHARED.backfill()));
        fields.putAll(MigrationFields.ofRequest(SHARED.backfill()));

        StoredFormats.assertWritten("migration", fields.toString());
        Shared read = MigrationFields.shared(
                Stream.of(StoredFormats.text("migration").replaceAll("[{}]", "").split(", "))
                        .map(field -> field.split("=", 2))
                        .collect(Collectors.toMap(field -> field[0], field -> field[1])));
        assertThat(read.state()).isEqualTo(SHARED.state());
        assertThat(read.backfill()).isEqualTo(SHARED.backfill());
        assertThat(read.evidence().comparisons()).isEqualTo(9);
    }
}
