package dev.tokencache.journal.health;

import java.util.Map;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JournalReadinessTest {

    private static HealthCheckResponse answer(JournalHealth.Snapshot seen) {
        return new JournalReadiness(() -> seen).call();
    }

    @Test
    void shouldStayUpWithBrokenJournalAndSayHowItIs() {
        HealthCheckResponse answer = answer(new JournalHealth.Snapshot("shared", "broken", 7, 65, 1, 2, 3));
        assertThat(answer.getName()).isEqualTo("journal");
        assertThat(answer.getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        assertThat(answer.getData().orElseThrow())
                .isEqualTo(Map.of("kind", "shared", "state", "broken", "entries", 7L, "oldest_age_seconds", 65L));
    }

    @Test
    void shouldSayNothingOfJournalThatIsOff() {
        HealthCheckResponse answer = answer(new JournalHealth.Snapshot("off", "off", 0, 0, 0, 0, 0));
        assertThat(answer.getData().orElseThrow()).isEqualTo(Map.of("kind", "off"));
    }
}
