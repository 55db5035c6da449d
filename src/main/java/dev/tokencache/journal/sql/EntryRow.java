package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalEntry;
import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.seal.Place;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table {@code journal_entry}.
 *
 * @param subject the subject's tag; null for the expiry of a foreign token
 * @param atMillis when the token was issued or expired, or the not-before time; milliseconds since the epoch
 * @param record the record of {@link Seal#encode}; for other kinds the MAC of {@code atMillis} with its dot, or null
 * @param writtenAtMillis when the entry was first written, milliseconds since the epoch
 * @param acceptedAtMillis when Redis first accepted the entry, milliseconds since the epoch; 0 if it did not yet
 */
record EntryRow(
        EntryKey key,
        @Nullable String subject,
        long atMillis,
        byte @Nullable [] record,
        @Nullable String foreignNonce,
        long version,
        long writtenAtMillis,
        long acceptedAtMillis,
        Seal seal) {

    static final String COLUMNS = columns("");
    static final int COLUMN_COUNT = 9;

    /** The columns, qualified with a table's name or alias. */
    static String columns(String alias) {
        String prefix = alias.isEmpty() ? "" : alias + ".";
        return prefix + "entry_key, " + prefix + "kind, " + prefix + "subject_tag, " + prefix + "at_millis, " + prefix
                + "record, " + prefix + "foreign_nonce, " + prefix + "version, " + prefix + "written_at, "
                + prefix + "accepted_at";
    }

    /** @throws IllegalArgumentException if the row's kind is unknown */
    static EntryRow read(ResultSet row, Seal seal) throws SQLException {
        return new EntryRow(
                new EntryKey(EntryKey.Kind.of(row.getString(2)), row.getString(1)),
                row.getString(3),
                row.getLong(4),
                row.getBytes(5),
                row.getString(6),
                row.getLong(7),
                row.getLong(8),
                row.getLong(9),
                seal);
    }

    /** @throws IllegalArgumentException if the row cannot be decoded */
    JournalEntry entry() {
        return switch (key.kind()) {
            case EXPIRY -> new JournalEntry.Expiry(EntryKey.expired(key.text()), time(), version, acceptedAtMillis);
            case NOT_BEFORE ->
                new JournalEntry.NotBefore(new RoutingTag(key.text()), time(), version, acceptedAtMillis);
            case RECORD -> new JournalEntry.SavedRecord(journaledRecord(), acceptedAtMillis);
            case VALIDATION -> new JournalEntry.Validation(token(), version);
        };
    }

    /** The time of an expiry, or the not-before time. Throws {@link IllegalArgumentException} if it does not verify. */
    long time() {
        String mac = record == null ? "" : new String(record, StandardCharsets.US_ASCII);
        return Long.parseLong(seal.verify(atMillis + mac, place(key)).text());
    }

    /** The MAC of {@link #time}, or null without a key. */
    static byte @Nullable [] mac(EntryKey key, long atMillis, Seal seal) {
        String text = Long.toString(atMillis);
        String mac = seal.authenticate(text, place(key)).substring(text.length());
        return mac.isEmpty() ? null : mac.getBytes(StandardCharsets.US_ASCII);
    }

    private static Place place(EntryKey key) {
        return Place.ofEntry(key.kind().letter() + key.text());
    }

    static Place place(EntryKey.Kind kind, TokenId id) {
        return Place.ofEntry(kind.letter() + id.text());
    }

    JournaledRecord journaledRecord() {
        return new JournaledRecord(token(), foreignNonce, version);
    }

    /** @throws IllegalArgumentException if the row cannot be decoded */
    Token token() {
        if (subject == null || record == null) {
            throw new IllegalArgumentException("the row holds no record");
        }
        TokenId id = new TokenId(new RoutingTag(subject), TokenHash.ofText(key.text()));
        return seal.decode(id, record, place(key.kind(), id)).token();
    }
}
