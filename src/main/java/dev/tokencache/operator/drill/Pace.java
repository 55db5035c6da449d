package dev.tokencache.operator.drill;

import java.time.Duration;
import java.time.ZonedDateTime;

/** The time of a drill: a test moves its own. */
public interface Pace {

    ZonedDateTime now();

    /** A monotonic clock. */
    long nanos();

    void pause(Duration time);

    /** The real time. An interrupt ends a pause. */
    Pace REAL = new Pace() {
        @Override
        public ZonedDateTime now() {
            return ZonedDateTime.now();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void pause(Duration time) {
            try {
                Thread.sleep(time.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted");
            }
        }
    };
}
