package dev.tokencache.warmup;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CompilerActivityTest {

    private static final long ENOUGH = CompilerActivity.MIN_REQUESTS;
    private static final long WINDOW = CompilerActivity.WINDOW.toNanos();

    private final CompilerActivity compilers = new CompilerActivity(0, 700);

    @Test
    void shouldBeWarmWhenTheCompilersRest() {
        assertThat(compilers.isWarm(WINDOW, 1500, ENOUGH)).isFalse();
        assertThat(compilers.isWarm(2 * WINDOW, 1650, ENOUGH)).isFalse();
        assertThat(compilers.isWarm(3 * WINDOW, 1700, ENOUGH)).isTrue();
    }

    @Test
    void shouldNotBeWarmBeforeEnoughRequests() {
        assertThat(compilers.isWarm(WINDOW, 700, ENOUGH - 1)).isFalse();
        assertThat(compilers.isWarm(2 * WINDOW, 700, ENOUGH)).isTrue();
    }

    @Test
    void shouldNotTakeAShortPauseForRest() {
        assertThat(compilers.isWarm(WINDOW / 2, 700, ENOUGH)).isFalse();
        assertThat(compilers.isWarm(WINDOW - 1, 700, ENOUGH)).isFalse();
        assertThat(compilers.isWarm(WINDOW, 1500, ENOUGH)).isFalse();
    }
}
