package dev.tokencache.journal.sql;

import dev.tokencache.token.Token;
import dev.tokencache.token.TokenCodec;
import dev.tokencache.token.TokenLocator;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
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

/** What is put into the journal: many writes in one transaction, in a few round trips. */
final class EntryWrites {

    /** An expiry or a mark only ever grows. What is being replayed meanwhile has another version then, and stays. */
    private static final String RAISE = """
            insert into journal_entry
              (entry_key, kind, subject_tag, at_millis, ends_at, record, foreign_nonce, version, written_at, taken_until)
            values (?, ?, ?, ?, ?, null, null, ?, ?, 0)
            on conflict (entry_key, kind) do update
              set at_millis = excluded.at_millis, ends_at = excluded.ends_at, version = excluded.version
              where excluded.at_millis > journal_entry.at_millis""";

    private static final String INSERT = """
            insert into journal_entry
              (subject_tag, at_millis, ends_at, record, foreign_nonce, version, entry_key, kind, written_at, taken_until)
            values (?, ?, ?, ?, ?, ?, ?, 'T', ?, 0)
            on conflict do nothing""";

    /**
     * A process may be bringing the old record to Redis, so the entry stays taken: two records of one token under way
     * could overtake each other.
     */
    private static final String REPLACE = """
            update journal_entry
              set subject_tag = ?, at_millis = ?, ends_at = ?, record = ?, foreign_nonce = ?, version = ?
              where entry_key = ? and kind = 'T' and version = ?""";

    private final SqlDialect dialect;
    private final Clock clock;
    private final Duration maxTtl;
    private final LongSupplier versions;
    private final String latestIssues;
    private final String notBefores;

    /**
     * @param maxTtl the longest that a token can live: how long an expiry or a mark can matter
     * @param versions makes a number that was never used before
     */
    EntryWrites(SqlDialect dialect, Clock clock, Duration maxTtl, LongSupplier versions) {
        this.dialect = dialect;
        this.clock = clock;
        this.maxTtl = maxTtl;
        this.versions = versions;
        this.latestIssues = "select subject_tag, max(at_millis) from journal_entry where kind = 'T' and "
                + dialect.isOneOf("subject_tag") + " group by subject_tag";
        this.notBefores =
                "select entry_key, at_millis from journal_entry where kind = 'M' and " + dialect.isOneOf("entry_key");
    }

    /**
     * What became of writes.
     *
     * @param added how many rows there are more, at most: one that was there already may be counted
     * @param written how many of them are in the journal now; a record that was replaced meanwhile is not
     * @param answers tells the callers; to be run when it is committed
     */
    record Outcome(int added, int written, List<Runnable> answers) {
        static final Outcome NOTHING = new Outcome(0, 0, List.of());
    }

    /** Writes all of it. */
    Outcome write(Connection transaction, List<Write.Entry> writes) throws SQLException {
        long now = clock.millis();
        List<Runnable> answers = new ArrayList<>(writes.size());
        List<Write.Expire> expiries = inOrder(Write.Expire.class, writes);
        List<Write.ExpireSubject> subjects = inOrder(Write.ExpireSubject.class, writes);
        List<Write.Keep> kept = inOrder(Write.Keep.class, writes);
        int raised = expire(transaction, now, expiries, answers) + notBefore(transaction, now, subjects, answers);
        int inserted = insert(
                transaction,
                now,
                kept.stream().filter(keep -> keep.replaced().isEmpty()).toList(),
                answers);
        int replaced = replace(
                transaction,
                kept.stream().filter(keep -> keep.replaced().isPresent()).toList(),
                answers);
        return new Outcome(raised + inserted, expiries.size() + subjects.size() + inserted + replaced, answers);
    }

    private static <W extends Write.Entry> List<W> inOrder(Class<W> kind, List<Write.Entry> writes) {
        return writes.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .sorted(Comparator.comparing(Write.Entry::key, EntryKey.ORDER))
                .toList();
    }

    /** The records that they make void would only be in the way of the replay. */
    private int expire(Connection transaction, long now, List<Write.Expire> expiries, List<Runnable> answers)
            throws SQLException {
        int[] changed = Sql.batch(transaction, RAISE, expiries, (statement, expiry) -> {
            String subject = expiry.token() instanceof TokenLocator.ById byId
                    ? byId.id().tag().value()
                    : null;
            bindRaise(statement, expiry.key(), subject, expiry.atMillis(), now);
        });
        expiries.forEach(expiry -> answers.add(() -> expiry.caller().complete(null)));
        return Sql.sum(changed)
                - SupersededRecords.removeExpired(
                        transaction,
                        expiries.stream()
                                .map(expiry -> new SupersededRecords.Expired(expiry.token(), expiry.atMillis()))
                                .toList());
    }

    private int notBefore(Connection transaction, long now, List<Write.ExpireSubject> subjects, List<Runnable> answers)
            throws SQLException {
        if (subjects.isEmpty()) {
            return 0;
        }
        List<String> tags =
                subjects.stream().map(subject -> subject.subject().value()).toList();
        Map<String, Long> issued = longs(transaction, latestIssues, tags);
        int[] changed = Sql.batch(transaction, RAISE, subjects, (statement, subject) -> {
            String tag = subject.subject().value();
            long allThatExist = Math.max(now, issued.getOrDefault(tag, Token.NOT_BEFORE_UNSET));
            bindRaise(statement, subject.key(), tag, subject.before().orElse(allThatExist), now);
        });
        Map<String, Long> after = longs(transaction, notBefores, tags);
        for (Write.ExpireSubject subject : subjects) {
            Long notBefore = after.get(subject.subject().value());
            answers.add(() -> subject.caller().complete(notBefore));
        }
        return Sql.sum(changed);
    }

    private void bindRaise(PreparedStatement statement, EntryKey key, @Nullable String subject, long atMillis, long now)
            throws SQLException {
        statement.setString(1, key.text());
        statement.setString(2, key.kind().letter());
        statement.setString(3, subject);
        statement.setLong(4, atMillis);
        // Every token that it speaks of was issued up to that moment, and so has ended by then.
        statement.setLong(5, Math.max(atMillis, now) + maxTtl.toMillis());
        statement.setLong(6, versions.getAsLong());
        statement.setLong(7, now);
    }

    private static int insert(Connection transaction, long now, List<Write.Keep> records, List<Runnable> answers)
            throws SQLException {
        int[] changed = Sql.batch(transaction, INSERT, records, (statement, keep) -> {
            bindRecord(statement, keep);
            statement.setLong(8, now);
        });
        answer(records, changed, answers);
        return Sql.sum(changed);
    }

    private static int replace(Connection transaction, List<Write.Keep> records, List<Runnable> answers)
            throws SQLException {
        int[] changed = Sql.batch(transaction, REPLACE, records, (statement, keep) -> {
            bindRecord(statement, keep);
            statement.setLong(8, keep.replaced().orElseThrow());
        });
        answer(records, changed, answers);
        return Sql.sum(changed);
    }

    private static void bindRecord(PreparedStatement statement, Write.Keep keep) throws SQLException {
        Token token = keep.record().token();
        statement.setString(1, token.id().tag().value());
        statement.setLong(2, token.issuedAtMillis());
        statement.setLong(3, token.renewableUntil() * 1000);
        statement.setBytes(4, TokenCodec.encode(token));
        if (keep.record().foreignNonce() == null) {
            statement.setNull(5, Types.VARCHAR);
        } else {
            statement.setString(5, keep.record().foreignNonce());
        }
        statement.setLong(6, keep.record().version());
        statement.setString(7, token.id().hash().text());
    }

    private static void answer(List<Write.Keep> records, int[] changed, List<Runnable> answers) {
        for (int i = 0; i < changed.length; i++) {
            PendingCall<Boolean> caller = records.get(i).caller();
            boolean isKept = changed[i] == 1;
            answers.add(() -> caller.complete(isKept));
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
