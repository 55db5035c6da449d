package dev.tokencache.endtoend;

import io.restassured.path.json.JsonPath;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A complete migration from an old Redis to the cluster, with one rollback, two services and a steady load. */
class MigrationWalkIT {

    private static final int SESSIONS = 4000;

    /** So slow that the backfill cannot be complete when reads start to move. */
    private static final int KEYS_PER_SECOND = 80;

    /** {@code LegacyStoreContract} tests the other formats. */
    @Test
    void shouldLoseNoSessionAndResurrectNone() {
        try (MigrationWalk walk = MigrationWalk.start("json", SESSIONS, Map.of())) {
            walk.people().start();
            walk.to("legacy");
            walk.to("mirror");
            walk.backfill(KEYS_PER_SECOND);
            for (int percent : new int[] {1, 5, 25, 50}) {
                walk.ramp(percent);
            }
            assertThat(walk.reasons()).anyMatch(reason -> reason.contains("backfill"));
            walk.hurry();
            JsonPath first = walk.awaitBackfill();
            assertThat(first.getLong("scanned")).isGreaterThan(SESSIONS / 2);
            assertThat(first.getLong("copied")).isPositive();
            walk.awaitMayAdvance();

            walk.to("legacy");
            walk.to("mirror");
            assertThat(walk.reasons()).anyMatch(reason -> reason.contains("backfill"));
            walk.backfill(0);
            walk.ramp(50);
            assertThat(walk.awaitBackfill().getLong("present")).isGreaterThan(SESSIONS / 2);
            walk.awaitMayAdvance();
            walk.ramp(100);
            walk.awaitMayAdvance();
            walk.to("cluster");
            walk.checkSharedCounts();
            walk.awaitMayAdvance();
            walk.finish();

            walk.checkAnswered();
            assertThat(walk.people().live(OtherProgram.ORIGIN)).isGreaterThan(SESSIONS / 2);
        }
    }
}
