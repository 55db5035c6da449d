package dev.tokencache.migration.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DisplayTest {

    private static final Progress.Reading HALF =
            new Progress.Reading(500_000, 1_000_000, 12_345.6, Optional.of(Duration.ofSeconds(41)), 7);

    @Test
    void shouldOverwriteThePreviousBar() {
        StringWriter out = new StringWriter();
        Display.of(Display.Style.BAR, new PrintWriter(out)).show("backfill running", HALF);
        assertThat(out)
                .hasToString("\r\u001b[Kbackfill running [###############...............]  50%  "
                        + "500,000/1,000,000  12,346/s  ETA 0:41  mismatches 7");
    }

    @Test
    void shouldWritePlainLinesWithoutATerminal() {
        StringWriter out = new StringWriter();
        Display.of(Display.Style.AUTO, new PrintWriter(out)).show("verify", HALF);
        assertThat(out.toString().strip()).isEqualTo("verify 50%  500,000/1,000,000  12,346/s  ETA 0:41  mismatches 7");
        assertThat(out.toString()).endsWith(System.lineSeparator());
    }

    @Test
    void shouldShowADashForAnUnknownTimeLeft() {
        assertThat(Display.line("x", new Progress.Reading(5, 0, 0, Optional.empty(), 0)))
                .isEqualTo("x 0%  5/0  0/s  ETA -  mismatches 0");
        assertThat(Display.line("x", new Progress.Reading(5, 10, 1, Optional.of(Duration.ofSeconds(3723)), 0)))
                .contains("ETA 1:02:03");
    }
}
