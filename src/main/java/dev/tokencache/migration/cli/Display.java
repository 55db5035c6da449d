package dev.tokencache.migration.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** Shows progress: a bar on a terminal, otherwise a line from time to time. */
record Display(PrintWriter out, boolean isBar) {

    enum Style {
        AUTO,
        BAR,
        PLAIN
    }

    private static final int BAR = 30;
    private static final String BACK_AND_CLEAR = "\r\u001b[K";

    static Display of(Style style, PrintWriter out) {
        return new Display(out, style == Style.BAR || (style == Style.AUTO && isTerminal()));
    }

    @SuppressWarnings(
            "SystemConsoleNull") // null before Java 22 without a terminal; since then the console has to be queried
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && hasTerminal(console) && !"dumb".equals(System.getenv("TERM"));
    }

    /** Since Java 22 there is a console without a terminal, and a method that detects it. */
    private static boolean hasTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException isOlder) {
            return true;
        }
    }

    Duration interval() {
        return isBar ? Duration.ofMillis(500) : Duration.ofSeconds(10);
    }

    void show(String what, Progress.Reading reading) {
        if (isBar) {
            out.print(BACK_AND_CLEAR + bar(what, reading));
        } else {
            out.println(line(what, reading));
        }
        out.flush();
    }

    /** Ends the bar, so that later output starts on a new line. */
    void end() {
        if (isBar) {
            out.println();
        }
        out.flush();
    }

    static String bar(String what, Progress.Reading reading) {
        int full = reading.percent() * BAR / 100;
        return String.format(
                Locale.ROOT,
                "%s [%s%s] %3d%%  %s",
                what,
                "#".repeat(full),
                ".".repeat(BAR - full),
                reading.percent(),
                numbers(reading));
    }

    static String line(String what, Progress.Reading reading) {
        return String.format(Locale.ROOT, "%s %d%%  %s", what, reading.percent(), numbers(reading));
    }

    private static String numbers(Progress.Reading reading) {
        return String.format(
                Locale.ROOT,
                "%,d/%,d  %,.0f/s  ETA %s  mismatches %,d",
                reading.done(),
                reading.total(),
                reading.perSecond(),
                reading.left().map(Display::clock).orElse("-"),
                reading.mismatches());
    }

    private static String clock(Duration left) {
        return left.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", left.toHours(), left.toMinutesPart(), left.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", left.toMinutesPart(), left.toSecondsPart());
    }
}
