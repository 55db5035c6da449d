package dev.tokencache.operator.drill.cli;

import dev.tokencache.operator.drill.Drill;
import dev.tokencache.operator.drill.DrillPlan;
import dev.tokencache.operator.drill.Scores.Score;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Prints the timeline, and a line per shard: below it as bars on a terminal, otherwise every ten seconds. */
final class LiveDisplay implements Drill.Listener {

    private static final int BAR = 20;
    private static final long PERIOD = Duration.ofSeconds(10).toNanos();
    private static final String UP_AND_CLEAR = "\u001b[A\u001b[2K";

    private final PrintWriter out;
    private final boolean isTerminal;
    private final LongSupplier nanos;
    private int shown;
    private long dueNanos;

    LiveDisplay(PrintWriter out, boolean isTerminal, LongSupplier nanos) {
        this.out = out;
        this.isTerminal = isTerminal;
        this.nanos = nanos;
        this.dueNanos = nanos.getAsLong() + PERIOD;
    }

    @Override
    public void said(String text) {
        clear();
        out.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + text);
        out.flush();
    }

    @Override
    public void progress(DrillPlan plan, int step, List<Score> scores) {
        if (!isTerminal && nanos.getAsLong() - dueNanos < 0) {
            return;
        }
        dueNanos = nanos.getAsLong() + PERIOD;
        clear();
        plan.before()
                .shards()
                .forEach(shard ->
                        out.println(line(shard.name(), plan.done(shard.index(), step), scores.get(shard.index()))));
        shown = isTerminal ? scores.size() : 0;
        out.flush();
    }

    private void clear() {
        out.print(UP_AND_CLEAR.repeat(shown));
        shown = 0;
    }

    private static String line(String shard, double done, Score score) {
        int full = (int) (BAR * done);
        return String.format(
                Locale.ROOT,
                "  shard %-12s [%s%s] served %,d  unknown %.2f s  acknowledged %,d  wrong %d",
                shard,
                "#".repeat(full),
                ".".repeat(BAR - full),
                score.served(),
                score.unknown().toMillis() / 1000.0,
                score.acknowledged(),
                score.falseInactive() + score.revokedActive() + score.lost());
    }
}
