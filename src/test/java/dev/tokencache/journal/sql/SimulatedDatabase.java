package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.redis.Time;
import dev.tokencache.seal.SealSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.sqlite.SQLiteConfig;

/**
 * What a journal's database stores in a simulation. It survives the processes that use it: each run of a process opens a journal
 * of its own. SQLite, in memory, runs the SQL of production.
 *
 * <p>A transaction happens in one moment of the virtual time: it takes time before and after that, and between two
 * transactions of one call. So no two transactions overlap, and none waits for the locks of another one.
 */
public final class SimulatedDatabase {

    private static final AtomicInteger NAMES = new AtomicInteger();

    private static final String CREATE_GATE = "create table journal_gate (id integer primary key, opened_at integer)";

    private final Kind kind;
    private final Clock clock;
    private final String url = "jdbc:sqlite:file:/journal-" + NAMES.incrementAndGet() + "?vfs=memdb";
    /** The data disappear with the last connection, so that this one stays open. */
    private final Connection own = connect();

    private final Deque<Connection> idle = new ArrayDeque<>();

    /** @param clock the database's clock */
    public SimulatedDatabase(Kind kind, Clock clock) {
        this.kind = kind;
        this.clock = clock;
        try {
            SqliteSchema.migrate(own);
            if (kind == Kind.SHARED) {
                Sql.update(own, CREATE_GATE, Sql.Parameters.NONE);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Connection connect() {
        try {
            SQLiteConfig config = new SQLiteConfig();
            // The driver begins the next transaction with the commit: it must not lock anything yet.
            config.setTransactionMode(SQLiteConfig.TransactionMode.DEFERRED);
            config.setBusyTimeout(0);
            return CachedStatements.on(config.createConnection(url));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Connection take() {
        Connection taken = idle.poll();
        return taken == null ? connect() : taken;
    }

    void giveBack(Connection connection) {
        idle.push(connection);
    }

    Clock clock() {
        return clock;
    }

    /** Opens the journal of one run of a process. */
    public SqlJournal open(
            int maxEntries,
            Duration maxTtl,
            Time time,
            Executor executor,
            Conditions conditions,
            JournalMetrics events) {
        Database database = kind == Kind.LOCAL
                ? new SimulatedFile(own, conditions)
                : new PostgresDatabase(
                        PostgresOnSqlite.pool(this, conditions),
                        () -> PostgresOnSqlite.migrate(conditions),
                        JournalLifecycle.CHECK_PERIOD,
                        PostgresDatabase.REPLY_TIMEOUT);
        SqlJournal journal = new SqlJournal(
                kind,
                database,
                maxEntries,
                maxTtl,
                JournalLifecycle.CHECK_PERIOD,
                time,
                events,
                new TaskThreads(time, executor),
                SealSettings.sealingWith("a").required(true).seal());
        journal.start(Duration.ZERO);
        return journal;
    }

    /** Its entries, for the history: kind, key, times in milliseconds. */
    public List<String> entries() {
        try {
            return Sql.query(
                    own,
                    "select kind, entry_key, at_millis, written_at, taken_until, accepted_at from journal_entry order by 1, 2",
                    Sql.Parameters.NONE,
                    row -> row.getString(1) + " " + row.getString(2) + " at=" + row.getLong(3) + " written="
                            + row.getLong(4) + " taken=" + row.getLong(5) + " accepted=" + row.getLong(6));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
