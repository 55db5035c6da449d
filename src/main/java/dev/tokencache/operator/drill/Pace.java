package dev.tokencache.operator.drill;

import java.time.Duration;
import java.time.ZonedDateTime;

/** The time of a drill: a test moves its own. */
public interface Pace {

    ZonedDateTime now();

    /** A monotonic clock. */
    long nanos();

    void pause(Duration time);
}
