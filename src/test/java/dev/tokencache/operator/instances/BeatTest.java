package dev.tokencache.operator.instances;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BeatTest {

    private static final Duration MAX_AGE = Duration.ofSeconds(30);

    @Test
    void shouldBeReadAsItWasWritten() {
        Beat beat =
                new Beat("host-1", 1_800_000_000_000L, -42, "1.2.3", Map.of("journal", "LOCAL"), new Load(5310, 0.2));

        assertThat(Beat.parse("host-1", beat.text())).isEqualTo(beat);
    }

    @Test
    void shouldBeOldIfItCannotBeRead() {
        assertThat(Beat.parse("x", "{").isOld(1_800_000_000_000L, MAX_AGE)).isTrue();
        assertThat(Beat.parse("x", "[]").isOld(1_800_000_000_000L, MAX_AGE)).isTrue();
        assertThat(Beat.parse("x", "{\"at\":\"soon\"}").isOld(1_800_000_000_000L, MAX_AGE))
                .isTrue();
    }

    @Test
    void shouldBecomeOld() {
        Beat beat = new Beat("x", 100_000, 0, "", Map.of(), Load.NONE);

        assertThat(beat.isOld(130_000, MAX_AGE)).isFalse();
        assertThat(beat.isOld(130_001, MAX_AGE)).isTrue();
    }
}
