package dev.tokencache.journal.sql;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenLocator;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Removes records that an expiry, or a mark, has made void. */
final class SupersededRecords {

    /** As in {@link dev.tokencache.journal.JournaledState#record}: a later issue of a foreign token goes on. */
    private static final String OF_TOKEN =
            "delete from journal_entry where entry_key = ? and kind = 'T' and (foreign_nonce is null or at_millis <= ?)";

    private static final String OF_TOKEN_OF_SUBJECT = OF_TOKEN + " and subject_tag = ?";

    private static final String OF_SUBJECT =
            "delete from journal_entry where subject_tag = ? and kind = 'T' and at_millis <= ?";

    private SupersededRecords() {}

    /** A token was expired. */
    record Expired(TokenLocator token, long atMillis) {}

    /** A subject was expired. */
    record RevokedSubject(RoutingTag subject, long notBeforeMillis) {}

    /** @return how many were removed */
    static int removeExpired(Connection transaction, List<Expired> expiries) throws SQLException {
        List<Expired> ours = new ArrayList<>();
        List<Expired> foreign = new ArrayList<>();
        expiries.stream()
                // In the order in which records are touched everywhere, see EntryKey.
                .sorted(Comparator.comparing(expiry -> expiry.token().hash().text()))
                .forEach(expiry -> (expiry.token() instanceof TokenLocator.ById ? ours : foreign).add(expiry));
        int[] removedOurs = Sql.batch(transaction, OF_TOKEN_OF_SUBJECT, ours, (statement, expiry) -> {
            bind(statement, expiry);
            statement.setString(
                    3, ((TokenLocator.ById) expiry.token()).id().tag().value());
        });
        return Sql.sum(removedOurs) + Sql.sum(Sql.batch(transaction, OF_TOKEN, foreign, SupersededRecords::bind));
    }

    private static void bind(PreparedStatement statement, Expired expiry) throws SQLException {
        statement.setString(1, expiry.token().hash().text());
        statement.setLong(2, expiry.atMillis());
    }

    /** @return how many were removed */
    static int removeRevoked(Connection transaction, List<RevokedSubject> notBefores) throws SQLException {
        return Sql.sum(Sql.batch(transaction, OF_SUBJECT, notBefores, (statement, notBefore) -> {
            statement.setString(1, notBefore.subject().value());
            statement.setLong(2, notBefore.notBeforeMillis());
        }));
    }
}
