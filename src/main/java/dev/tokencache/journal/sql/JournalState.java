package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig.Kind;
import java.util.Locale;
import org.jboss.logging.Logger;

/** Whether the journal works. Says so in the log when that changes, once, and never who asked or where it is. */
final class JournalState {

    private static final Logger LOG = Logger.getLogger(JournalState.class);

    /** Full is over only when there is this part of room, so that it is not told again and again. */
    private static final int ROOM = 10;

    private final String kind;
    private final long maxEntries;
    private volatile boolean reachable;
    private volatile boolean writable = true;
    private volatile boolean full;
    private boolean toldBroken;
    private boolean toldUnreadable;

    JournalState(Kind kind, long maxEntries) {
        this.kind = kind.name().toLowerCase(Locale.ROOT);
        this.maxEntries = maxEntries;
    }

    /** Whether asking makes sense. Not so before it was reached for the first time. */
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
        tellIfItWorks();
    }

    /** @param why what is wrong, without an address */
    synchronized void notReached(String why) {
        reachable = false;
        tellBroken(why);
    }

    synchronized void wrote() {
        writable = true;
        tellIfItWorks();
    }

    /** @param why what is wrong, without an address */
    synchronized void notWritten(String why) {
        writable = false;
        tellBroken(why);
    }

    private void tellBroken(String why) {
        if (!toldBroken) {
            toldBroken = true;
            LOG.errorf(
                    "The journal does not work, what Redis can not take is answered with 503; kind=%s cause=%s",
                    kind, why);
        }
    }

    private void tellIfItWorks() {
        if (toldBroken && !isBroken()) {
            toldBroken = false;
            LOG.infof("The journal works again; kind=%s", kind);
        }
    }

    /** A write was refused for want of room. */
    synchronized void refused() {
        if (!full) {
            full = true;
            LOG.errorf(
                    "The journal is full, what Redis can not take is answered with 503; kind=%s max_entries=%d",
                    kind, maxEntries);
        }
    }

    /** So many entries are in it. */
    void holds(long entries) {
        if (full && entries <= maxEntries - maxEntries / ROOM && entries < maxEntries) {
            roomAgain();
        }
    }

    private synchronized void roomAgain() {
        if (full) {
            full = false;
            LOG.infof("The journal has room again; kind=%s", kind);
        }
    }

    /** There are entries that can not be read. */
    synchronized void holdsUnreadable() {
        if (!toldUnreadable) {
            toldUnreadable = true;
            LOG.errorf("The journal holds entries that can not be read, they stay where they are; kind=%s", kind);
        }
    }
}
