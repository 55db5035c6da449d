package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalEvents;
import dev.tokencache.journal.JournalEvents.Failure;
import dev.tokencache.journal.JournaledState;
import dev.tokencache.journal.JournaledSubject;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers the questions that wait: all that are about tokens by one query. */
final class BatchReader {

    private static final StoreUnavailableException NOT_READ =
            new StoreUnavailableException("the journal could not be read");

    /** The entry is there, but what it says is not known. */
    private static final StoreUnavailableException UNREADABLE =
            new StoreUnavailableException("a journal entry can not be read");

    private final Database database;
    private final EntryReads entries;
    private final JournalEvents events;

    BatchReader(Database database, JournalEvents events) {
        this.database = database;
        this.entries = new EntryReads(database.dialect());
        this.events = events;
    }

    /** A question that waits. */
    sealed interface Waiting {

        /** Who asks. */
        PendingCall<?> caller();

        /** What there is on a token. */
        record OnToken(EntryReads.Question question, PendingCall<JournaledState> caller) implements Waiting {}

        /** What there is on a subject. */
        record OnSubject(RoutingTag subject, PendingCall<JournaledSubject> caller) implements Waiting {}
    }

    /** Never throws. */
    void answer(List<Waiting> batch) {
        List<Waiting.OnToken> onTokens = new ArrayList<>(batch.size());
        for (Waiting waiting : batch) {
            if (waiting.caller().isAbandoned()) {
                continue;
            }
            if (waiting instanceof Waiting.OnToken onToken) {
                onTokens.add(onToken);
            } else if (waiting instanceof Waiting.OnSubject onSubject) {
                answer(onSubject);
            }
        }
        if (!onTokens.isEmpty()) {
            answerAll(onTokens);
        }
    }

    private void answerAll(List<Waiting.OnToken> questions) {
        Map<EntryKey, EntryRow> rows;
        try {
            rows = database.read(connection -> entries.rowsFor(
                    connection,
                    questions.stream().map(Waiting.OnToken::question).toList()));
        } catch (SQLException | RuntimeException e) {
            questions.forEach(question -> fail(question.caller(), NOT_READ));
            return;
        }
        for (Waiting.OnToken question : questions) {
            try {
                question.caller().complete(EntryReads.answer(question.question(), rows));
            } catch (IllegalArgumentException e) {
                fail(question.caller(), UNREADABLE);
            }
        }
    }

    private void answer(Waiting.OnSubject question) {
        try {
            question.caller().complete(database.read(connection -> entries.ofSubject(connection, question.subject())));
        } catch (IllegalArgumentException e) {
            fail(question.caller(), UNREADABLE);
        } catch (SQLException | RuntimeException e) {
            fail(question.caller(), NOT_READ);
        }
    }

    private void fail(PendingCall<?> caller, StoreUnavailableException failure) {
        events.failed(failure == UNREADABLE ? Failure.DECODE : Failure.READ);
        caller.fail(failure);
    }
}
