package dev.tokencache.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.LongSupplier;
import picocli.CommandLine.Help.Ansi;

/**
 * Shows progress, with the speed over the last ten seconds: a bar on a terminal, otherwise a line every ten seconds. Not
 * thread-safe.
 */
public final class Display {

    private static final int BAR = 30;
    private static final String BACK_AND_CLEAR = "\r\u001b[K";
    private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

    private record Sample(long nanos, long done) {}

    private final PrintWriter out;
    private final boolean isBar;
    private final LongSupplier nanos;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private long dueAtNanos;

    /** @param nanos a monotonic clock in nanoseconds */
    Display(PrintWriter out, boolean isBar, LongSupplier nanos) {
        this.out = out;
        this.isBar = isBar;
        this.nanos = nanos;
        this.dueAtNanos = nanos.getAsLong();
    }

    public static Display on(PrintWriter out) {
        return new Display(out, Ansi.AUTO.enabled() && !"dumb".equals(System.getenv("TERM")), System::nanoTime);
    }

    /** Shows the progress if it is time for that; {@code total} is an estimate, or 0 if unknown. */
    public void show(String what, long done, long total, String note) {
        if (nanos.getAsLong() - dueAtNanos >= 0) {
            showNow(what, done, total, note);
        }
    }

    /** Shows a bar without a speed, and nothing where there is no terminal. */
    public void showBar(String what, long done, long total) {
        if (isBar) {
            showPart(what, done, total);
            out.flush();
        }
    }

    public void showNow(String what, long done, long total, String note) {
        long now = nanos.getAsLong();
        dueAtNanos = now + (isBar ? WINDOW_NANOS / 20 : WINDOW_NANOS);
        double perSecond = perSecond(now, done);
        showPart(what, done, total);
        String left = total <= 0 || perSecond <= 0 ? "-" : clock(Math.max(0, total - done) / perSecond);
        out.print(format("  %,d/%,d  %,.0f/s  ETA %s  %s", done, total, perSecond, left, note));
        out.print(isBar ? "" : System.lineSeparator());
        out.flush();
    }

    private void showPart(String what, long done, long total) {
        long percent = total <= 0 ? 0 : Math.min(100, done * 100 / total);
        int full = (int) percent * BAR / 100;
        out.print(
                isBar
                        ? format(
                                "%s%s [%s%s] %3d%%",
                                BACK_AND_CLEAR, what, "#".repeat(full), ".".repeat(BAR - full), percent)
                        : format("%s %d%%", what, percent));
    }

    /** Ends the bar, so that later output starts on a new line. */
    public void end() {
        if (isBar) {
            out.println();
        }
        out.flush();
    }

    private double perSecond(long now, long done) {
        if (!samples.isEmpty() && done < samples.getLast().done()) {
            // A new run.
            samples.clear();
        }
        samples.addLast(new Sample(now, done));
        while (samples.size() > 2 && now - samples.getFirst().nanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
        Sample first = samples.getFirst();
        return now == first.nanos() ? 0 : (done - first.done()) * 1e9 / (now - first.nanos());
    }

    /** A name and a number, as a note of the progress. */
    public static String count(String name, long number) {
        return format("%s %,d", name, number);
    }

    private static String clock(double seconds) {
        Duration left = Duration.ofSeconds((long) Math.ceil(seconds));
        return left.toHours() > 0
                ? format("%d:%02d:%02d", left.toHours(), left.toMinutesPart(), left.toSecondsPart())
                : format("%d:%02d", left.toMinutesPart(), left.toSecondsPart());
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
