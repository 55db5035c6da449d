package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig.Kind;
import java.util.Locale;
import org.jboss.logging.Logger;

/** Whether the journal is available. Logs each change once, without callers or addresses. */
final class JournalState {

    private static final Logger LOG = Logger.getLogger(JournalState.class);

    /** A full journal is reported as not full when a tenth of it is free, so that the log does not alternate. */
    private static final int FREE_PART = 10;

    private final String kind;
    private final long maxEntries;
    private volatile boolean reachable;
    private volatile boolean writable = true;
    private volatile boolean full;
    private boolean loggedBroken;
    private boolean loggedUnreadable;

    JournalState(Kind kind, long maxEntries) {
        this.kind = kind.name().toLowerCase(Locale.ROOT);
        this.maxEntries = maxEntries;
    }

    /** Whether the last check reached the database. False before the first check. */
    boolean isReachable() {
        return reachable;
    }

    boolean isWritable() {
        return writable;
    }

    boolean isBroken() {
        return !reachable || !writable;
    }

    boolean isFull() {
        return full;
    }

    synchronized void reached() {
        reachable = true;
        logIfAvailable();
    }

    /** @param cause without an address */
    synchronized void unreachable(String cause) {
        reachable = false;
        logBroken(cause);
    }

    synchronized void writeSucceeded() {
        writable = true;
        logIfAvailable();
    }

    /** @param cause without an address */
    synchronized void writeFailed(String cause) {
        writable = false;
        logBroken(cause);
    }

    private void logBroken(String cause) {
        if (!loggedBroken) {
            loggedBroken = true;
            LOG.errorf(
                    "Journal unavailable: writes that Redis cannot accept return 503; kind=%s cause=%s", kind, cause);
        }
    }

    private void logIfAvailable() {
        if (loggedBroken && !isBroken()) {
            loggedBroken = false;
            LOG.infof("Journal available again; kind=%s", kind);
        }
    }

    synchronized void writeRejected() {
        if (!full) {
            full = true;
            LOG.errorf(
                    "Journal full: writes that Redis cannot accept return 503; kind=%s max_entries=%d",
                    kind, maxEntries);
        }
    }

    void counted(long entries) {
        if (full && entries <= maxEntries - maxEntries / FREE_PART && entries < maxEntries) {
            logNotFull();
        }
    }

    private synchronized void logNotFull() {
        if (full) {
            full = false;
            LOG.infof("Journal no longer full; kind=%s", kind);
        }
    }

    synchronized void foundUnreadable() {
        if (!loggedUnreadable) {
            loggedUnreadable = true;
            LOG.errorf("Journal entries could not be decoded and stay in the journal; kind=%s", kind);
        }
    }
}
