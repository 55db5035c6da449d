package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.journal.JournalMetrics.Failure;
import dev.tokencache.journal.JournaledState;
import dev.tokencache.journal.JournaledSubject;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Executes pending reads: one query for all reads of tokens, one for each read of a subject. */
record BatchReader(Database database, EntryReads entries, JournalMetrics events) {

    private static final StoreUnavailableException NOT_READ =
            new StoreUnavailableException("the journal could not be read");

    private static final StoreUnavailableException UNREADABLE =
            new StoreUnavailableException("a journal entry could not be decoded");

    sealed interface Read {

        PendingCall<?> caller();

        record OfToken(EntryReads.Lookup lookup, PendingCall<JournaledState> caller) implements Read {}

        record OfSubject(RoutingTag subject, PendingCall<JournaledSubject> caller) implements Read {}
    }

    /** Executes the reads and completes their callers. Never throws. */
    void read(List<Read> batch) {
        List<Read.OfToken> ofTokens = new ArrayList<>(batch.size());
        for (Read read : batch) {
            if (read.caller().isAbandoned()) {
                continue;
            }
            if (read instanceof Read.OfToken ofToken) {
                ofTokens.add(ofToken);
            } else if (read instanceof Read.OfSubject ofSubject) {
                readSubject(ofSubject);
            }
        }
        if (!ofTokens.isEmpty()) {
            readTokens(ofTokens);
        }
    }

    private void readTokens(List<Read.OfToken> reads) {
        Map<EntryKey, EntryRow> rows;
        try {
            rows = database.read(connection -> entries.rowsFor(
                    connection, reads.stream().map(Read.OfToken::lookup).toList()));
        } catch (SQLException | RuntimeException e) {
            reads.forEach(read -> fail(read.caller(), NOT_READ));
            return;
        }
        for (Read.OfToken read : reads) {
            try {
                read.caller().complete(EntryReads.state(read.lookup(), rows));
            } catch (IllegalArgumentException e) {
                fail(read.caller(), UNREADABLE);
            }
        }
    }

    private void readSubject(Read.OfSubject read) {
        try {
            read.caller().complete(database.read(connection -> entries.ofSubject(connection, read.subject())));
        } catch (IllegalArgumentException e) {
            fail(read.caller(), UNREADABLE);
        } catch (SQLException | RuntimeException e) {
            fail(read.caller(), NOT_READ);
        }
    }

    private void fail(PendingCall<?> caller, StoreUnavailableException failure) {
        events.failed(failure == UNREADABLE ? Failure.DECODE : Failure.READ);
        caller.fail(failure);
    }
}
