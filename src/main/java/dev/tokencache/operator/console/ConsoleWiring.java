package dev.tokencache.operator.console;

import dev.tokencache.audit.AuditLog;
import dev.tokencache.caller.Callers;
import dev.tokencache.caller.RefusedCallers;
import dev.tokencache.http.AuditedTokens;
import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.journal.JournalStorage;
import dev.tokencache.migration.store.Migration;
import dev.tokencache.operator.console.Frame.Link;
import dev.tokencache.operator.console.api.ApiClient;
import dev.tokencache.operator.console.history.MetricHistory;
import dev.tokencache.operator.console.history.MetricTotals;
import dev.tokencache.operator.doctor.live.LiveDoctor;
import dev.tokencache.operator.drill.live.DrillRecords;
import dev.tokencache.operator.drill.live.LiveDrills;
import dev.tokencache.operator.instances.Heartbeats;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.command.RedisRouter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigUtils;
import io.quarkus.vertx.http.HttpServer;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Wires the console, unless it is off. */
@Singleton
final class ConsoleWiring {

    private @Nullable Router management;

    @Produces
    @Singleton
    MetricHistory history(MeterRegistry registry, RedisRouter router, Time time) {
        return new MetricHistory(new MetricTotals(registry, router), time);
    }

    /** Comes before the start, when not every bean may exist yet. */
    void keep(@Observes ManagementInterface found) {
        management = found.router();
    }

    void start(
            @Observes StartupEvent event,
            ConsoleConfig config,
            Callers callers,
            RefusedCallers refused,
            AuditedTokens tokens,
            AuditLog audit,
            RedisRouter redis,
            Heartbeats heartbeats,
            LiveDoctor doctor,
            LiveDrills drills,
            DrillRecords drillRecords,
            Migration.Configured migration,
            JournalStorage journal,
            JournalMetrics journalMetrics,
            MetricHistory history,
            MeterRegistry registry,
            Time time,
            Vertx vertx,
            HttpServer ports,
            @ConfigProperty(name = "quarkus.http.port") int httpPort,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        if (!config.enabled()) {
            return;
        }
        history.start();
        List<Page> pages = List.of(
                new NowPage(history, redis, heartbeats, registry),
                new ClusterPage(redis, doctor, time),
                new DoctorPage(doctor, audit),
                new DrillPage(drills, drillRecords, time),
                new MigrationPage(migration.migration(), audit, time),
                new JournalPage(journal, journalMetrics, history, registry, audit, time),
                new SubjectPage(tokens),
                new ApiPage(isDevMode() ? Optional.of(api(vertx, ports, httpPort)) : Optional.empty()),
                new HistoryPage(history));
        List<Link> links = pages.stream()
                .filter(page -> !(page instanceof HistoryPage))
                .map(page -> new Link(page.name(), page.title()))
                .toList();
        Assets assets = new Assets();
        Frames frames = new Frames(links, heartbeats.id(), version, assets);
        new ConsoleRoutes(callers, refused, pages, frames, time).register(Objects.requireNonNull(management), assets);
    }

    private static ApiClient api(Vertx vertx, HttpServer ports, int configured) {
        // Known only if this start opened it: not after a live reload.
        return new ApiClient(vertx, () -> ports.getPort() > 0 ? ports.getPort() : configured);
    }

    /** Anything that calls the API on behalf of a page stays out of production, whatever its profile is. */
    private static boolean isDevMode() {
        return LaunchMode.current().isDevOrTest() && ConfigUtils.isProfileActive("dev");
    }
}
