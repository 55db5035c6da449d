package dev.tokencache.migration.http;

import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.store.KnownState;
import dev.tokencache.migration.store.Migration;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
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

    private final Migration.Configured configured;

    MigrationReadiness(Migration.Configured configured) {
        this.configured = configured;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("migration").up();
        if (configured.migration().isEmpty()) {
            return response.withData("phase", "off").build();
        }
        KnownState known = configured.migration().get().known();
        if (known.state().isEmpty()) {
            return response.withData("phase", "unknown").build();
        }
        MigrationState state = known.state().get();
        return response.withData("phase", state.phase().name())
                .withData("read_percent", state.phase().readPercent())
                .withData("mirror_percent", state.phase().mirrorPercent())
                .withData("version", state.version())
                .withData("age_seconds", Duration.ofNanos(known.ageNanos()).toSeconds())
                .build();
    }
}
