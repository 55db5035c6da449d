package dev.tokencache.journal.sql;

/** Whether this process must read the journal: one volatile read. */
final class JournalActivity {

    private volatile boolean empty = true;

    /** Odd during a write of this process. Distinguishes a marker read before or during a write from one after it. */
    private long changes;

    private boolean wasEmpty;

    boolean isEmpty() {
        return empty;
    }

    /** Called before a write: from now on every call reads the journal. Called by one thread only. */
    synchronized void writeStarted() {
        changes++;
        wasEmpty = empty;
        empty = false;
    }

    synchronized void writeSucceeded() {
        changes++;
    }

    /**
     * The write failed, or its outcome is unknown. It was not acknowledged, so no call needs to read it. An unreachable
     * database must not make every verdict unknown if it holds no acknowledged entry.
     */
    synchronized void writeFailed() {
        changes++;
        empty = wasEmpty;
    }

    /** Taken before the marker is read, and passed to {@link #markerRead}. */
    synchronized long changeCount() {
        return changes;
    }

    /** Applies the marker as read. One that is not set is ignored if a write may have overtaken the read. */
    synchronized void markerRead(boolean isSet, long changeCount) {
        if (isSet) {
            empty = false;
            // If the current write fails, the journal still has the entries of another process.
            wasEmpty = false;
        } else if (changeCount % 2 == 0 && changeCount == changes) {
            empty = true;
        }
    }
}
