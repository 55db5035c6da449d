package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.journal.JournaledState;
import dev.tokencache.journal.JournaledSubject;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads entries. Each read is one statement, and so sees one snapshot. */
final class EntryReads {

    /** Includes all expiries of foreign tokens, whose subject is unknown. */
    private static final String OF_SUBJECT = "select %s from journal_entry where subject_tag = ? union all"
                    .formatted(EntryRow.COLUMNS)
            + " select %s from journal_entry where subject_tag is null and kind = 'E'".formatted(EntryRow.COLUMNS);

    private final SqlDialect dialect;
    private final Seal seal;
    private final String find;

    EntryReads(SqlDialect dialect, Seal seal) {
        this.dialect = dialect;
        this.seal = seal;
        // The second part is for foreign tokens: the record names the subject, which the keys of the expiry and the
        // not-before time contain.
        this.find = "with found as (select %s from journal_entry where %s) select * from found union all"
                        .formatted(EntryRow.COLUMNS, dialect.isOneOf("entry_key"))
                + " select %s from found t join journal_entry e on e.entry_key in (t.subject_tag || t.entry_key, t.subject_tag)"
                        .formatted(EntryRow.columns("e"))
                + " where t.kind = 'T'";
    }

    /** A lookup of a token's entries; {@code subject} is null if only the token's record names it. */
    record Lookup(TokenHash token, @Nullable RoutingTag subject) {}

    /** Finds the rows for any number of lookups with one query. */
    Map<EntryKey, EntryRow> rowsFor(Connection connection, Collection<Lookup> lookups) throws SQLException {
        Set<String> keys = new LinkedHashSet<>();
        for (Lookup lookup : lookups) {
            String hash = lookup.token().text();
            keys.add(hash);
            RoutingTag subject = lookup.subject();
            if (subject != null) {
                keys.add(subject.value());
                keys.add(subject.value() + hash);
            }
        }
        return byKey(Sql.query(connection, find, statement -> dialect.bind(connection, statement, 1, keys), this::row));
    }

    private EntryRow row(ResultSet row) throws SQLException {
        return EntryRow.read(row, seal);
    }

    /** Builds a token's state from the rows. Throws {@link IllegalArgumentException} if an entry is unreadable. */
    static JournaledState state(Lookup lookup, Map<EntryKey, EntryRow> rows) {
        String hash = lookup.token().text();
        EntryRow saved = rows.get(new EntryKey(EntryKey.Kind.RECORD, hash));
        String subject = lookup.subject() != null ? lookup.subject().value() : saved != null ? saved.subject() : null;
        JournaledRecord record = saved == null ? null : saved.journaledRecord();
        EntryRow validation = rows.get(new EntryKey(EntryKey.Kind.VALIDATION, hash));
        Token validated = validation == null ? null : validation.token();
        long expiredAt = at(rows, EntryKey.Kind.EXPIRY, hash, JournaledState.NEVER);
        if (subject == null) {
            return new JournaledState(record, expiredAt, Token.NOT_BEFORE_UNSET, validated);
        }
        return new JournaledState(
                record,
                Math.max(expiredAt, at(rows, EntryKey.Kind.EXPIRY, subject + hash, JournaledState.NEVER)),
                at(rows, EntryKey.Kind.NOT_BEFORE, subject, Token.NOT_BEFORE_UNSET),
                validated);
    }

    private static long at(Map<EntryKey, EntryRow> rows, EntryKey.Kind kind, String key, long fallback) {
        EntryRow row = rows.get(new EntryKey(kind, key));
        return row == null ? fallback : row.time();
    }

    /** Reads the entries about a subject. Throws {@link IllegalArgumentException} if an entry is unreadable. */
    JournaledSubject ofSubject(Connection connection, RoutingTag subject) throws SQLException {
        Map<EntryKey, EntryRow> rows = byKey(
                Sql.query(connection, OF_SUBJECT, statement -> statement.setString(1, subject.value()), this::row));
        List<JournaledRecord> records = new ArrayList<>();
        Set<TokenHash> expired = new HashSet<>();
        for (TokenHash token : tokensOf(rows.keySet())) {
            JournaledState state = state(new Lookup(token, subject), rows);
            state.record().ifPresent(records::add);
            if (state.isExpired()) {
                expired.add(token);
            }
        }
        return new JournaledSubject(
                records, expired, at(rows, EntryKey.Kind.NOT_BEFORE, subject.value(), Token.NOT_BEFORE_UNSET));
    }

    private static Set<TokenHash> tokensOf(Set<EntryKey> keys) {
        Set<TokenHash> tokens = new LinkedHashSet<>();
        for (EntryKey key : keys) {
            switch (key.kind()) {
                case RECORD -> tokens.add(TokenHash.ofText(key.text()));
                case EXPIRY -> tokens.add(EntryKey.expired(key.text()).hash());
                case NOT_BEFORE, VALIDATION -> {}
            }
        }
        return tokens;
    }

    private static Map<EntryKey, EntryRow> byKey(List<EntryRow> rows) {
        Map<EntryKey, EntryRow> byKey = new HashMap<>();
        rows.forEach(row -> byKey.put(row.key(), row));
        return byKey;
    }
}
