package dev.tokencache.operator.console;

import dev.tokencache.audit.AuditEntry;
import dev.tokencache.audit.AuditLog;
import dev.tokencache.audit.AuditTarget;
import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.journal.JournalStatus;
import dev.tokencache.journal.JournalStorage;
import dev.tokencache.operator.console.history.MetricHistory;
import dev.tokencache.operator.console.history.Numbers;
import dev.tokencache.operator.console.history.Sample;
import dev.tokencache.redis.Time;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;

/** The journal and the near cache of this instance. */
final class JournalPage extends Page {

    record View(Instant at, JournalStatus journal, JournalMetrics.Totals totals, NearCache nearCache) {}

    /** @param isOn whether this instance has one; the other values are meaningless otherwise */
    record NearCache(boolean isOn, boolean isTrusted, String entries, String hitRate) {}

    private final JournalStorage journal;
    private final JournalMetrics metrics;
    private final MetricHistory history;
    private final MeterRegistry registry;
    private final AuditLog audit;
    private final Time time;

    JournalPage(
            JournalStorage journal,
            JournalMetrics metrics,
            MetricHistory history,
            MeterRegistry registry,
            AuditLog audit,
            Time time) {
        super("journal", "Journal and near cache");
        this.journal = journal;
        this.metrics = metrics;
        this.history = history;
        this.registry = registry;
        this.audit = audit;
        this.time = time;
    }

    @Override
    Uni<TemplateInstance> whole(Visit visit) {
        audit.write(new AuditEntry(
                AuditEntry.Action.READ_JOURNAL, visit.caller().id(), AuditTarget.NOTHING, AuditEntry.Result.DONE));
        return Uni.createFrom().item(() -> Templates.journal(visit.frame(), view()));
    }

    @Override
    Uni<TemplateInstance> live() {
        return Uni.createFrom().item(() -> Templates.journal$live(view()));
    }

    private View view() {
        return new View(time.clock().instant(), journal.status(), metrics.totals(), nearCache());
    }

    private NearCache nearCache() {
        Gauge trusted = registry.find("tokencache.near.cache.trusted").gauge();
        Gauge entries = registry.find("tokencache.near.cache.entries").gauge();
        List<Sample> samples = history.samples();
        double hitPercent =
                samples.isEmpty() ? Double.NaN : samples.get(samples.size() - 1).hitPercent();
        return trusted == null || entries == null
                ? new NearCache(false, false, "", "")
                : new NearCache(
                        true,
                        trusted.value() == 1,
                        Numbers.text(entries.value(), ""),
                        Double.isNaN(hitPercent) ? "no validation now" : Numbers.text(hitPercent, "%"));
    }
}
