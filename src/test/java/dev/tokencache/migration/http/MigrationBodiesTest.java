package dev.tokencache.migration.http;

import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.BackfillProgress.Counts;
import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.MigrationPhase;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.MigrationStates.Shared;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Refusal;
import dev.tokencache.migration.RefusedRecord;
import dev.tokencache.migration.Side;
import dev.tokencache.migration.store.Verification;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MigrationBodiesTest {

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    @Test
    void shouldWriteOnlyThePhaseWithoutAMigration() {
        assertThat(text(MigrationBodies.off())).isEqualTo("{\"phase\":\"off\"}");
    }

    @Test
    void shouldWriteEveryMemberOfAStatus() {
        MigrationState state = MigrationState.INITIAL.to(MigrationPhase.ramp(5, 20), "operator", 1_800_000_000_999L);
        Evidence evidence = new Evidence(7, Map.of(Mismatch.OTHER_CLAIMS, 2L), Map.of(Side.LEGACY, 3L));
        BackfillProgress backfill = BackfillProgress.NONE
                .restarted(1_800_000_001_000L, 100)
                .withEstimate(50)
                .advanced("a", "9", new Counts(10, 6, 1, 2, 1))
                .completed(1_800_000_002_000L);

        byte[] json = MigrationBodies.status(
                new MigrationDial.Status(new Shared(state, evidence, backfill), List.of("too few comparisons")));

        assertThat(text(json))
                .isEqualTo("{\"phase\":\"ramp\",\"read_percent\":5,\"mirror_percent\":20,\"version\":1,"
                        + "\"since\":1800000000,\"by\":\"operator\",\"mirrored_since\":1800000000,\"comparisons\":7,"
                        + "\"mismatches\":{\"missing_in_cluster\":0,\"missing_in_legacy\":0,\"other_subject\":0,"
                        + "\"other_claims\":2,\"other_expiry\":0},\"errors\":{\"legacy\":3,\"cluster\":0},"
                        + "\"backfill\":{\"status\":\"complete\",\"run\":1,\"started_at\":1800000001,"
                        + "\"completed_at\":1800000002,\"keys_per_second\":100,\"estimated_keys\":50,\"scanned\":10,"
                        + "\"copied\":6,\"present\":1,\"skipped\":2,\"failed\":1},"
                        + "\"may_advance\":{\"ok\":false,\"reasons\":[\"too few comparisons\"]}}");
    }

    @Test
    void shouldLeaveOutAbsentMembers() {
        byte[] json = MigrationBodies.status(new MigrationDial.Status(Shared.INITIAL, List.of()));

        assertThat(text(json))
                .doesNotContain("since", "\"by\"", "started_at", "completed_at", "null")
                .contains("\"may_advance\":{\"ok\":true,\"reasons\":[]}");
    }

    @Test
    void shouldWriteStartsAndParts() {
        TokenId id = new TokenId(RoutingTag.ofSubject("alice"), new TokenString("some-token").hash());
        Verification.Part part = new Verification.Part(
                Optional.of("a:7"),
                5,
                4,
                Map.of(Mismatch.OTHER_EXPIRY, 1L),
                1,
                List.of(new Verification.Finding(id, Mismatch.OTHER_EXPIRY)),
                List.of(
                        new RefusedRecord("a-hash", Refusal.NOT_UTF8),
                        new RefusedRecord("another-hash", Refusal.NO_SUBJECT)));

        assertThat(text(MigrationBodies.starts(List.of(new Verification.Start("a:0", 9)))))
                .isEqualTo("{\"starts\":[{\"position\":\"a:0\",\"keys\":9}]}");
        assertThat(text(MigrationBodies.part(part)))
                .startsWith("{\"next\":\"a:7\",\"scanned\":5,\"compared\":4,\"unknown\":1,\"mismatches\":{")
                .contains("\"findings\":[{\"jti\":\"" + id.text() + "\",\"kind\":\"other_expiry\"}]")
                .endsWith("\"refused\":{\"no_subject\":1,\"bad_subject\":0,\"not_utf8\":1,\"unreadable\":0,"
                        + "\"wrong_type\":0},\"refused_records\":[{\"hash\":\"a-hash\",\"reason\":\"not_utf8\"}]}");
    }
}
