package dev.tokencache.journal.sql;

import dev.tokencache.journal.Journal;
import dev.tokencache.journal.JournalEntry;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Writes entries: many in one transaction, in a few round trips. */
final class EntryWrites {

    /** Expiries and not-before times only grow. A new version keeps the row when a replay of the old one is acknowledged. */
    private static final String RAISE = """
        insert into journal_entry
          (entry_key, kind, subject_tag, at_millis, ends_at, record, foreign_nonce, version, written_at, taken_until)
        values (?, ?, ?, ?, ?, ?, null, ?, ?, 0)
        on conflict (entry_key, kind) do update
          set at_millis = excluded.at_millis, ends_at = excluded.ends_at, record = excluded.record,
            version = excluded.version, accepted_at = 0
          where excluded.at_millis > journal_entry.at_millis\
        """;

    private static final String INSERT = """
        insert into journal_entry
          (subject_tag, at_millis, ends_at, record, foreign_nonce, version, entry_key, kind, written_at, taken_until)
        values (?, ?, ?, ?, ?, ?, ?, 'T', ?, 0)
        on conflict do nothing\
        """;

    /**
     * Keeps the lease: another process may be replaying the old record, and two concurrent replays of one token could
     * overtake each other. What changed since the first acceptance must be accepted again, except a validation, and except
     * after a long time, or a busy token would never leave.
     */
    private static final String REPLACE = """
        update journal_entry
          set accepted_at = case when written_at <= ? then accepted_at else 0 end,
            subject_tag = ?, at_millis = ?, ends_at = ?, record = ?, foreign_nonce = ?, version = ?
          where entry_key = ? and kind = 'T' and version = ?\
        """;

    /** The record of an earlier issue of a foreign string is replaced, too: it can no longer be active. */
    private static final String TOUCH = """
        insert into journal_entry
          (subject_tag, at_millis, ends_at, record, foreign_nonce, version, entry_key, kind, written_at, taken_until)
        values (?, ?, ?, ?, null, ?, ?, 'V', ?, 0)
        on conflict (entry_key, kind) do update
          set subject_tag = excluded.subject_tag, at_millis = excluded.at_millis, ends_at = excluded.ends_at,
            record = excluded.record, version = excluded.version
          where excluded.at_millis - journal_entry.at_millis >= ?\
        """;

    private final SqlDialect dialect;
    private final Clock clock;
    private final Duration maxTtl;
    private final LongSupplier versions;
    private final Seal seal;
    private final String findLatestIssues;
    private final String findNotBefores;

    /** @param maxTtl the maximum lifetime of a token, after which an expiry or not-before time no longer matters */
    EntryWrites(SqlDialect dialect, Clock clock, Duration maxTtl, LongSupplier versions, Seal seal) {
        this.dialect = dialect;
        this.clock = clock;
        this.maxTtl = maxTtl;
        this.versions = versions;
        this.seal = seal;
        this.findLatestIssues = "select subject_tag, max(at_millis) from journal_entry where kind = 'T' and "
                + dialect.isOneOf("subject_tag") + " group by subject_tag";
        this.findNotBefores =
                "select entry_key, at_millis from journal_entry where kind = 'M' and " + dialect.isOneOf("entry_key");
    }

    /**
     * The result of the writes: how many rows were added at most, how many writes took effect (not a record that
     * another caller replaced first), and what completes the callers after the commit.
     */
    record Outcome(int added, int written, List<Runnable> completions) {
        static final Outcome NOTHING = new Outcome(0, 0, List.of());
    }

    Outcome write(Connection transaction, List<Write.Entry> writes) throws SQLException {
        long now = clock.millis();
        List<Runnable> completions = new ArrayList<>(writes.size());
        List<Write.Expire> expiries = inOrder(Write.Expire.class, writes);
        List<Write.ExpireSubject> subjects = inOrder(Write.ExpireSubject.class, writes);
        List<Write.SaveRecord> records = inOrder(Write.SaveRecord.class, writes);
        List<Write.Touch> touches = inOrder(Write.Touch.class, writes);
        int raised = expire(transaction, now, expiries, completions)
                + expireSubjects(transaction, now, subjects, completions);
        int inserted = insert(
                transaction,
                now,
                records.stream().filter(save -> save.replaced().isEmpty()).toList(),
                completions);
        int replaced = replace(
                transaction,
                now,
                records.stream().filter(save -> save.replaced().isPresent()).toList(),
                completions);
        int touched = touch(transaction, now, touches, completions);
        return new Outcome(
                raised + inserted + touched,
                expiries.size() + subjects.size() + inserted + replaced + touched,
                completions);
    }

    private static <W extends Write.Entry> List<W> inOrder(Class<W> kind, List<Write.Entry> writes) {
        return writes.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .sorted(Comparator.comparing(Write.Entry::key, EntryKey.ORDER))
                .toList();
    }

    /** Also removes the records that the expiries make inactive: they need no replay. */
    private int expire(Connection transaction, long now, List<Write.Expire> expiries, List<Runnable> completions)
            throws SQLException {
        int[] changed = Sql.batch(transaction, RAISE, expiries, (statement, expiry) -> {
            String subject = expiry.token() instanceof TokenLocator.ById byId
                    ? byId.id().tag().value()
                    : null;
            bindRaise(statement, expiry.key(), subject, expiry.atMillis(), now);
        });
        expiries.forEach(expiry -> completions.add(() -> expiry.caller().complete(null)));
        return Sql.sum(changed)
                - SupersededRecords.removeExpired(
                        transaction,
                        expiries.stream()
                                .map(expiry -> new JournalEntry.Expiry(expiry.token(), expiry.atMillis(), 0, 0))
                                .toList());
    }

    private int expireSubjects(
            Connection transaction, long now, List<Write.ExpireSubject> subjects, List<Runnable> completions)
            throws SQLException {
        if (subjects.isEmpty()) {
            return 0;
        }
        List<String> tags =
                subjects.stream().map(subject -> subject.subject().value()).toList();
        Map<String, Long> issued = longs(transaction, findLatestIssues, tags);
        int[] changed = Sql.batch(transaction, RAISE, subjects, (statement, subject) -> {
            String tag = subject.subject().value();
            long allIssued = Math.max(now, issued.getOrDefault(tag, Token.NOT_BEFORE_UNSET));
            bindRaise(statement, subject.key(), tag, subject.before().orElse(allIssued), now);
        });
        Map<String, Long> after = longs(transaction, findNotBefores, tags);
        for (Write.ExpireSubject subject : subjects) {
            Long notBefore = after.get(subject.subject().value());
            completions.add(() -> subject.caller().complete(notBefore));
        }
        return Sql.sum(changed);
    }

    private void bindRaise(PreparedStatement statement, EntryKey key, @Nullable String subject, long atMillis, long now)
            throws SQLException {
        statement.setString(1, key.text());
        statement.setString(2, key.kind().letter());
        statement.setString(3, subject);
        statement.setLong(4, atMillis);
        // Every token concerned was issued by then, and so has expired when this maximum lifetime has passed.
        statement.setLong(5, Math.max(atMillis, now) + maxTtl.toMillis());
        statement.setBytes(6, EntryRow.mac(key, atMillis, seal));
        statement.setLong(7, versions.getAsLong());
        statement.setLong(8, now);
    }

    private int insert(Connection transaction, long now, List<Write.SaveRecord> records, List<Runnable> completions)
            throws SQLException {
        int[] changed = Sql.batch(transaction, INSERT, records, (statement, save) -> {
            bindRecord(statement, 1, save);
            statement.setLong(8, now);
        });
        complete(records, changed, completions);
        return Sql.sum(changed);
    }

    private int replace(Connection transaction, long now, List<Write.SaveRecord> records, List<Runnable> completions)
            throws SQLException {
        int[] changed = Sql.batch(transaction, REPLACE, records, (statement, save) -> {
            statement.setLong(1, save.isValidation() ? Long.MAX_VALUE : now - Journal.BUSY.toMillis());
            bindRecord(statement, 2, save);
            statement.setLong(9, save.replaced().orElseThrow());
        });
        complete(records, changed, completions);
        return Sql.sum(changed);
    }

    private void bindRecord(PreparedStatement statement, int from, Write.SaveRecord save) throws SQLException {
        Token token = save.record().token();
        statement.setString(from, token.id().tag().value());
        statement.setLong(from + 1, token.issuedAtMillis());
        statement.setLong(from + 2, token.renewableUntil() * 1000);
        statement.setBytes(from + 3, seal.encode(token, EntryRow.place(EntryKey.Kind.RECORD, token.id())));
        statement.setString(from + 4, save.record().foreignNonce());
        statement.setLong(from + 5, save.record().version());
        statement.setString(from + 6, token.id().hash().text());
    }

    private int touch(Connection transaction, long now, List<Write.Touch> touches, List<Runnable> completions)
            throws SQLException {
        int[] changed = Sql.batch(transaction, TOUCH, touches, (statement, touch) -> {
            Token token = touch.token();
            statement.setString(1, token.id().tag().value());
            statement.setLong(2, token.lastSeenMillis());
            statement.setLong(3, token.endMillis());
            statement.setBytes(4, seal.encode(token, EntryRow.place(EntryKey.Kind.VALIDATION, token.id())));
            statement.setLong(5, versions.getAsLong());
            statement.setString(6, token.id().hash().text());
            statement.setLong(7, now);
            statement.setLong(8, token.touchIntervalMillis());
        });
        touches.forEach(touch -> completions.add(() -> touch.caller().complete(null)));
        return Sql.sum(changed);
    }

    private static void complete(List<Write.SaveRecord> records, int[] changed, List<Runnable> completions) {
        for (int i = 0; i < changed.length; i++) {
            PendingCall<Boolean> caller = records.get(i).caller();
            boolean isSaved = changed[i] == 1;
            completions.add(() -> caller.complete(isSaved));
        }
    }

    private Map<String, Long> longs(Connection connection, String sql, Collection<String> texts) throws SQLException {
        Map<String, Long> found = new HashMap<>();
        Sql.query(
                connection,
                sql,
                statement -> dialect.bind(connection, statement, 1, texts),
                row -> found.put(row.getString(1), row.getLong(2)));
        return found;
    }
}
