package dev.tokencache.redis.connection;

import dev.tokencache.redis.Time;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Converts moments of this service to the wall clock of one Redis node, so that a command can say until when the node may
 * run it. The node's clock need not agree with the service's. Belongs to one connection.
 *
 * <p>The estimate is never ahead of the node's clock, except for the drift since the last calibration: a command that the
 * network holds until after its call has ended is refused. It can be behind by the round trip of the calibration; a node that
 * refuses a command for this names its time, and the command is sent again.
 */
public final class NodeClock {

    /** The request to which a node replies with its time. */
    static final Request TIME = Request.cmd(Command.TIME);

    /** How long a calibration is used. Clocks that no one corrects drift apart by less than 10 ms in that time. */
    static final Duration MAX_AGE = Duration.ofMinutes(1);

    /** Added to the service's own clock if the node does not say its time. A node that is ahead by more refuses one attempt. */
    static final Duration ASSUMED_DIFFERENCE = Duration.ofSeconds(10);

    private final Time time;
    private boolean isCalibrated;
    private boolean isInUse;
    private long askedAtNanos;
    /** The node's clock minus the service's monotonic clock, in milliseconds. */
    private long offsetMillis;

    NodeClock(Time time) {
        this.time = time;
    }

    /** What the node's clock shows at a moment of the service's monotonic clock, in milliseconds since the epoch. */
    public long millisAt(long nanos) {
        isInUse = true;
        return isCalibrated
                ? offsetMillis + millis(nanos)
                : time.clock().millis() + millis(nanos - time.nanoTime()) + ASSUMED_DIFFERENCE.toMillis();
    }

    /** Sets the node's clock by its reply, in milliseconds, and the moment of the reply on our monotonic clock. */
    public void calibrate(long nodeMillis, long receivedAtNanos) {
        // The node read its clock before the reply was received; rounding adds at most a millisecond.
        offsetMillis = nodeMillis - millis(receivedAtNanos) - 1;
        isCalibrated = true;
    }

    /** Sets the node's clock from the reply to {@link #TIME}: seconds and microseconds. */
    void calibrate(@Nullable Response reply) {
        if (reply != null) {
            calibrate(reply.get(0).toLong() * 1000 + reply.get(1).toLong() / 1000, time.nanoTime());
        }
    }

    /** Begins with a new connection, perhaps to another node; {@code reply} is null if the node returned an error. */
    void connected(@Nullable Response reply) {
        isCalibrated = false;
        calibrate(reply);
        asked();
    }

    void asked() {
        isInUse = false;
        askedAtNanos = time.nanoTime();
    }

    /** Whether the node must be asked for its time again. Never if no command needs its clock. */
    boolean isOutdated() {
        return isInUse && time.nanoTime() - askedAtNanos >= MAX_AGE.toNanos();
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
