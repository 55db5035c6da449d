package dev.tokencache.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DisplayTest {

    private final StringWriter out = new StringWriter();
    private final Display bar = new Display(new PrintWriter(out), true, this::nanos);
    private final Display lines = new Display(new PrintWriter(out), false, this::nanos);
    private long seconds;

    private long nanos() {
        return Duration.ofSeconds(seconds).toNanos();
    }

    /** Shows the progress after some more time, and returns what that prints. */
    private String show(Display display, long afterSeconds, long done, long total) {
        seconds += afterSeconds;
        out.getBuffer().setLength(0);
        display.showNow("backfill", done, total, Display.count("mismatches", 7));
        return out.toString();
    }

    @Test
    void shouldOverwriteThePreviousBar() {
        show(bar, 0, 376_540, 1_000_000);
        assertThat(show(bar, 10, 500_000, 1_000_000))
                .isEqualTo("\r\u001b[Kbackfill [###############...............]  50%  "
                        + "500,000/1,000,000  12,346/s  ETA 0:41  mismatches 7");
    }

    @Test
    void shouldWritePlainLinesWithoutATerminal() {
        show(lines, 0, 0, 1000);
        assertThat(show(lines, 2, 200, 1000))
                .isEqualTo("backfill 20%  200/1,000  100/s  ETA 0:08  mismatches 7" + System.lineSeparator());
        assertThat(show(lines, 1, 210, 1_000_000)).contains("ETA 3:58:");
    }

    @Test
    void shouldShowADashForAnUnknownTimeLeft() {
        assertThat(show(lines, 0, 10, 100)).startsWith("backfill 10%  10/100  0/s  ETA -");
        assertThat(show(lines, 1, 15, 0)).startsWith("backfill 0%  15/0  5/s  ETA -");
    }

    @Test
    void shouldMeasureOnlyTheLastTenSeconds() {
        for (int second = 0; second <= 20; second++) {
            show(lines, 1, second * 1000L, 100_000);
        }
        for (int second = 1; second <= 20; second++) {
            show(lines, 1, 20_000 + second * 10L, 100_000);
        }
        assertThat(show(lines, 1, 20_210, 100_000)).contains("  10/s");
    }

    @Test
    void shouldResetOnANewRun() {
        show(lines, 0, 5000, 10_000);
        assertThat(show(lines, 1, 100, 10_000)).contains("  0/s");
    }

    @Test
    void shouldNotExceedHundredPercent() {
        show(lines, 0, 0, 100);
        assertThat(show(lines, 1, 150, 100)).startsWith("backfill 100%").contains("ETA 0:00");
    }

    @Test
    void shouldShowALineOnlyEveryTenSeconds() {
        for (int second = 0; second < 25; second++) {
            lines.show("verify", second, 100, "");
            seconds++;
        }
        assertThat(out.toString().lines()).hasSize(3);
    }
}
