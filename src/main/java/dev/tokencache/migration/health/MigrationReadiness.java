package dev.tokencache.migration.health;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports the migration state of this instance: operators see whether every instance has followed a change. Always UP:
 * without a state every verdict is unknown, as without Redis, and taking all instances out of service would not help.
 */
@Readiness
@ApplicationScoped
final class MigrationReadiness implements HealthCheck {

    private final MigrationHealth migration;

    MigrationReadiness(MigrationHealth migration) {
        this.migration = migration;
    }

    @Override
    public HealthCheckResponse call() {
        MigrationHealth.Snapshot seen = migration.snapshot();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("migration").up().withData("phase", seen.phase());
        return seen.isOff() || !seen.isKnown()
                ? response.build()
                : response.withData("read_percent", seen.readPercent())
                        .withData("mirror_percent", seen.mirrorPercent())
                        .withData("version", seen.version())
                        .withData("age_seconds", seen.ageSeconds())
                        .build();
    }
}
