package dev.tokencache.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.pollinterval.PollInterval;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Lets every test check an awaited condition immediately, and soon again. Awaitility would wait 100 ms first, which adds up to
 * minutes of the suite.
 */
public final class PromptConditions implements TestExecutionListener {

    private static final long STEP_MILLIS = 10;
    private static final long MAX_MILLIS = 100;

    private static final PollInterval GROWING =
            (checks, last) -> Duration.ofMillis(Math.min(STEP_MILLIS * checks, MAX_MILLIS));

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(GROWING);
    }
}
