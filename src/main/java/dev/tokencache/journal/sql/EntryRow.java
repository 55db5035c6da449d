package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalEntry;
import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenCodec;
import dev.tokencache.token.TokenId;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table, as it is read.
 *
 * @param subject the tag of the subject; null for the expiry of a foreign token
 * @param atMillis when the token was issued or expired, or the mark; milliseconds since the epoch
 * @param record the record as {@link TokenCodec} spells it; null unless the kind is a record
 * @param writtenAtMillis when the entry came into the journal, milliseconds since the epoch
 */
record EntryRow(
        EntryKey key,
        @Nullable String subject,
        long atMillis,
        byte @Nullable [] record,
        @Nullable String foreignNonce,
        long version,
        long writtenAtMillis) {

    /** The columns that a row is read from. */
    static final String COLUMNS = columns("");

    /** How many these are. */
    static final int COLUMN_COUNT = 8;

    /** The columns of a table that has an alias. */
    static String columns(String alias) {
        String prefix = alias.isEmpty() ? "" : alias + ".";
        return prefix + "entry_key, " + prefix + "kind, " + prefix + "subject_tag, " + prefix + "at_millis, " + prefix
                + "record, " + prefix + "foreign_nonce, " + prefix + "version, " + prefix + "written_at";
    }

    /** @throws IllegalArgumentException if the row is of a kind that is not known */
    static EntryRow read(ResultSet row) throws SQLException {
        return new EntryRow(
                new EntryKey(EntryKind.of(row.getString(2)), row.getString(1)),
                row.getString(3),
                row.getLong(4),
                row.getBytes(5),
                row.getString(6),
                row.getLong(7),
                row.getLong(8));
    }

    /** @throws IllegalArgumentException if it can not be read */
    JournalEntry entry() {
        return switch (key.kind()) {
            case EXPIRY -> new JournalEntry.Expiry(EntryKey.expired(key.text()), atMillis, version);
            case NOT_BEFORE -> new JournalEntry.NotBefore(new RoutingTag(key.text()), atMillis, version);
            case RECORD -> new JournalEntry.Kept(journaledRecord());
        };
    }

    /** @throws IllegalArgumentException if it can not be read */
    JournaledRecord journaledRecord() {
        if (subject == null || record == null) {
            throw new IllegalArgumentException("no record of a token");
        }
        TokenId id = new TokenId(new RoutingTag(subject), EntryKey.hash(key.text()));
        return new JournaledRecord(TokenCodec.decode(id, record), foreignNonce, version);
    }
}
