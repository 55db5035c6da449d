package dev.tokencache.operator.drill.cli;

import dev.tokencache.operator.drill.Drill;
import dev.tokencache.operator.drill.DrillState;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
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
    public void progress(DrillState state) {
        if (!isTerminal && nanos.getAsLong() - dueNanos < 0) {
            return;
        }
        dueNanos = nanos.getAsLong() + PERIOD;
        clear();
        state.shards().forEach(shard -> out.println(line(shard)));
        shown = isTerminal ? state.shards().size() : 0;
        out.flush();
    }

    private void clear() {
        out.print(UP_AND_CLEAR.repeat(shown));
        shown = 0;
    }

    private static String line(DrillState.Shard shard) {
        int full = (int) (BAR * shard.done());
        return String.format(
                Locale.ROOT,
                "  shard %-12s [%s%s] served %,d  unknown %.2f s  acknowledged %,d  wrong %d",
                shard.slots(),
                "#".repeat(full),
                ".".repeat(BAR - full),
                shard.served(),
                shard.unknown() / 1000.0,
                shard.acknowledged(),
                shard.wrong());
    }
}
