package dev.tokencache.journal.http;

import dev.tokencache.journal.JournalStatus;
import dev.tokencache.journal.JournalStorage;
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

    private final JournalStorage journal;

    JournalReadiness(JournalStorage journal) {
        this.journal = journal;
    }

    @Override
    public HealthCheckResponse call() {
        JournalStatus status = journal.status();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("journal").up().withData("kind", status.kindLabel());
        return status.isOff()
                ? response.build()
                : response.withData("state", status.stateLabel())
                        .withData("entries", status.entries())
                        .withData("oldest_age_seconds", status.oldestAge().toSeconds())
                        .build();
    }
}
