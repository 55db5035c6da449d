package dev.tokencache.operator.console;

import dev.tokencache.operator.console.history.MetricHistory;
import dev.tokencache.operator.console.history.Numbers;
import dev.tokencache.operator.console.history.Sample;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The charts as a table, the newest values first. */
final class HistoryPage extends Page {

    record Row(
            Instant at,
            String active,
            String inactive,
            String unknown,
            String p50,
            String p99,
            String lag,
            String hits) {}

    private final MetricHistory history;

    HistoryPage(MetricHistory history) {
        super("history", "The last 15 minutes");
        this.history = history;
    }

    @Override
    Uni<TemplateInstance> whole(Visit visit) {
        return Uni.createFrom().item(() -> Templates.history(visit.frame(), rows()));
    }

    @Override
    Uni<TemplateInstance> live() {
        return Uni.createFrom().item(() -> Templates.history$live(rows()));
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Sample sample : history.samples()) {
            rows.add(0, row(sample));
        }
        return rows;
    }

    private static Row row(Sample sample) {
        return new Row(
                sample.at(),
                Numbers.text(sample.active(), ""),
                Numbers.text(sample.inactive(), ""),
                Numbers.text(sample.unknown(), ""),
                Numbers.text(sample.p50(), ""),
                Numbers.text(sample.p99(), ""),
                Numbers.text(sample.lagBytes(), "B"),
                Numbers.text(sample.hitPercent(), "%"));
    }
}
