package dev.tokencache.journal.http;

import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.JournalStatus;
import dev.tokencache.journal.JournalStatus.State;
import dev.tokencache.journal.JournalStorage;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JournalReadinessTest {

    private static HealthCheckResponse response(JournalStatus status) {
        return new JournalReadiness(new JournalStorage() {
                    @Override
                    public JournalStatus status() {
                        return status;
                    }
                })
                .call();
    }

    @Test
    void shouldReportUpAndTheStateOfABrokenJournal() {
        HealthCheckResponse response =
                response(new JournalStatus(Kind.SHARED, State.BROKEN, 7, Duration.ofSeconds(65)));
        assertThat(response.getName()).isEqualTo("journal");
        assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        assertThat(response.getData().orElseThrow())
                .isEqualTo(Map.of("kind", "shared", "state", "broken", "entries", 7L, "oldest_age_seconds", 65L));
    }

    @Test
    void shouldReportOnlyTheKindOfAJournalThatIsOff() {
        HealthCheckResponse response = response(JournalStatus.OFF);
        assertThat(response.getData().orElseThrow()).isEqualTo(Map.of("kind", "off"));
    }
}
