package dev.tokencache.redis.connection;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StallDetectorTest {

    /** Such as {@link System#nanoTime()} may be: it overflows in the middle of a test. */
    private static final long START = Long.MAX_VALUE - 500;

    private final StallDetector grace = new StallDetector(100, 80, START);

    private boolean mayJudgeAfter(long nanos) {
        return grace.mayJudge(START + nanos);
    }

    private boolean isDoubtfulAfter(long nanos) {
        return grace.isDoubtful(START + nanos);
    }

    @Test
    void shouldJudgeAtEachSweepThatIsInTime() {
        assertThat(mayJudgeAfter(25)).isTrue();
        assertThat(mayJudgeAfter(125)).isTrue();
    }

    /** Vert.x makes up for the sweeps that were missed, all at once. */
    @Test
    void shouldNotJudgeForAWhileAfterTheLoopStoodStill() {
        assertThat(mayJudgeAfter(1000)).isFalse();
        assertThat(mayJudgeAfter(1000)).isFalse();
        assertThat(mayJudgeAfter(1079)).isFalse();
        assertThat(mayJudgeAfter(1080)).isTrue();
        assertThat(mayJudgeAfter(1105)).isTrue();
    }

    @Test
    void shouldDoubtSilenceEvenBeforeTheFirstSweepAfterAStandstill() {
        assertThat(isDoubtfulAfter(100)).isFalse();
        assertThat(isDoubtfulAfter(101)).isTrue();
        assertThat(mayJudgeAfter(1000)).isFalse();
        assertThat(isDoubtfulAfter(1001)).isTrue();
        assertThat(mayJudgeAfter(1080)).isTrue();
        assertThat(isDoubtfulAfter(1081)).isFalse();
    }

    @Test
    void shouldJudgeNowAndThenWhenTheLoopIsAlwaysLate() {
        assertThat(mayJudgeAfter(200)).isFalse();
        assertThat(mayJudgeAfter(400)).isTrue();
        assertThat(mayJudgeAfter(600)).isFalse();
        assertThat(mayJudgeAfter(800)).isTrue();
    }
}
