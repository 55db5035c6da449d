package dev.tokencache.redis;

import java.time.Duration;

/** Admits a few lines of log per minute about one thing, and counts the ones left out. Not thread-safe. */
public final class LogLimit {

    static final Duration WINDOW = Duration.ofMinutes(1);

    private final int maxLines;
    private long windowStartNanos;
    private int written;
    private int omitted;

    /** @param maxLines per minute */
    public LogLimit(int maxLines, long nowNanos) {
        this.maxLines = maxLines;
        this.windowStartNanos = nowNanos;
    }

    /** Whether a line may be written now. If not, counts it as left out. */
    public boolean admits(long nowNanos) {
        if (isWindowOver(nowNanos)) {
            windowStartNanos = nowNanos;
            written = 0;
        }
        if (written < maxLines) {
            written++;
            return true;
        }
        omitted++;
        return false;
    }

    private boolean isWindowOver(long nowNanos) {
        return nowNanos - windowStartNanos >= WINDOW.toNanos();
    }

    /** Whether nothing was written or left out for a while. */
    public boolean isIdle(long nowNanos) {
        return omitted == 0 && isWindowOver(nowNanos);
    }

    /** Whether lines were left out and the minute is over, so that a line with the present state is due. */
    public boolean isSummaryDue(long nowNanos) {
        return omitted > 0 && isWindowOver(nowNanos);
    }

    /** The end of the next line: how many lines before it were left out, or nothing. Starts to count again. */
    public String suffix() {
        int count = omitted;
        omitted = 0;
        return count == 0 ? "" : "; omitted_lines=" + count;
    }
}
