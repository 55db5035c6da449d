package dev.tokencache.journal.health;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports the journal's state, and always reports UP. While Redis is up a broken journal affects no one. During an outage a
 * service with a broken journal still answers more than no service.
 */
@Readiness
@ApplicationScoped
final class JournalReadiness implements HealthCheck {

    private final JournalHealth journal;

    JournalReadiness(JournalHealth journal) {
        this.journal = journal;
    }

    @Override
    public HealthCheckResponse call() {
        JournalHealth.Snapshot snapshot = journal.snapshot();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("journal").up().withData("kind", snapshot.kind());
        return snapshot.isOff()
                ? response.build()
                : response.withData("state", snapshot.state())
                        .withData("entries", snapshot.entries())
                        .withData("oldest_age_seconds", snapshot.oldestAgeSeconds())
                        .build();
    }
}
