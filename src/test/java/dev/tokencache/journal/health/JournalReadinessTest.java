package dev.tokencache.journal.health;

import java.util.Map;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JournalReadinessTest {

    private static HealthCheckResponse response(JournalHealth.Snapshot snapshot) {
        return new JournalReadiness(() -> snapshot).call();
    }

    @Test
    void shouldReportUpAndTheStateOfABrokenJournal() {
        HealthCheckResponse response = response(new JournalHealth.Snapshot("shared", "broken", 7, 65, 1, 2, 3));
        assertThat(response.getName()).isEqualTo("journal");
        assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        assertThat(response.getData().orElseThrow())
                .isEqualTo(Map.of("kind", "shared", "state", "broken", "entries", 7L, "oldest_age_seconds", 65L));
    }

    @Test
    void shouldReportOnlyTheKindOfAJournalThatIsOff() {
        HealthCheckResponse response = response(new JournalHealth.Snapshot("off", "off", 0, 0, 0, 0, 0));
        assertThat(response.getData().orElseThrow()).isEqualTo(Map.of("kind", "off"));
    }
}
