package dev.tokencache.journal.sql;

/** Whether this process has to ask the journal: one volatile read. */
final class JournalActivity {

    private volatile boolean empty = true;

    /** Odd while a write of this process is under way: a look before or amid a write is told from one after it. */
    private long writes;

    private boolean wasEmpty;

    boolean isEmpty() {
        return empty;
    }

    /** Something is about to be written: from now on everybody asks. Called by one thread only. */
    synchronized void writing() {
        writes++;
        wasEmpty = empty;
        empty = false;
    }

    /** It was written. */
    synchronized void wrote() {
        writes++;
    }

    /**
     * It was not written, or nobody knows. Nobody was told that it was, so that it need not be asked for: a database that
     * is lost must not make every verdict unknown if there is nothing in it that was acknowledged.
     */
    synchronized void failed() {
        writes++;
        empty = wasEmpty;
    }

    /** To be taken before one looks, and given to {@link #saw}. */
    synchronized long moment() {
        return writes;
    }

    /** Somebody looked, and saw that there is something to ask for, or that there is not. */
    synchronized void saw(boolean isOpen, long moment) {
        if (isOpen) {
            empty = false;
        } else if (moment % 2 == 0 && moment == writes) {
            empty = true;
        }
    }
}
