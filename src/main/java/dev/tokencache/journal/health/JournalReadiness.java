package dev.tokencache.journal.health;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says how the journal is, and stays UP all the same: with Redis there nobody misses a journal that is broken, and
 * without Redis a service with a broken one still answers more than none at all.
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
        JournalHealth.Snapshot seen = journal.snapshot();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("journal").up().withData("kind", seen.kind());
        return seen.isOff()
                ? response.build()
                : response.withData("state", seen.state())
                        .withData("entries", seen.entries())
                        .withData("oldest_age_seconds", seen.oldestAgeSeconds())
                        .build();
    }
}
