package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalEntry.Expiry;
import dev.tokencache.journal.JournalEntry.NotBefore;
import dev.tokencache.token.TokenLocator;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Removes records and validations that an expiry or a not-before time makes inactive. */
final class SupersededRecords {

    /** As in {@link dev.tokencache.journal.JournaledState#record}: a foreign token issued after the expiry stays active. */
    private static final String OF_TOKEN =
            "delete from journal_entry where entry_key = ? and kind in ('T', 'V') and (foreign_nonce is null or"
                    + " at_millis <= ?)";

    private static final String OF_TOKEN_OF_SUBJECT = OF_TOKEN + " and subject_tag = ?";

    private static final String OF_SUBJECT =
            "delete from journal_entry where subject_tag = ? and kind in ('T', 'V') and at_millis <= ?";

    private SupersededRecords() {}

    static int removeExpired(Connection transaction, List<Expiry> expiries) throws SQLException {
        List<Expiry> ours = new ArrayList<>();
        List<Expiry> foreign = new ArrayList<>();
        expiries.stream()
                // The order in which all transactions change records, see EntryKey.
                .sorted(Comparator.comparing(expiry -> expiry.token().hash().text()))
                .forEach(expiry -> (expiry.token() instanceof TokenLocator.ById ? ours : foreign).add(expiry));
        int[] removedOurs = Sql.batch(transaction, OF_TOKEN_OF_SUBJECT, ours, (statement, expiry) -> {
            bind(statement, expiry);
            statement.setString(
                    3, ((TokenLocator.ById) expiry.token()).id().tag().value());
        });
        return Sql.sum(removedOurs) + Sql.sum(Sql.batch(transaction, OF_TOKEN, foreign, SupersededRecords::bind));
    }

    private static void bind(PreparedStatement statement, Expiry expiry) throws SQLException {
        statement.setString(1, expiry.token().hash().text());
        statement.setLong(2, expiry.atMillis());
    }

    static int removeOfSubjects(Connection transaction, List<NotBefore> subjects) throws SQLException {
        return Sql.sum(Sql.batch(transaction, OF_SUBJECT, subjects, (statement, expired) -> {
            statement.setString(1, expired.subject().value());
            statement.setLong(2, expired.notBeforeMillis());
        }));
    }
}
