package dev.tokencache.journal.sql;

import java.sql.SQLException;

/** What one process of a simulation experiences with the journal's database. The methods may block, in virtual time. */
public interface Conditions {

    /** The work travels to the database. @throws SQLException if it does not arrive: nothing happens there */
    void request() throws SQLException;

    /** A transaction is about to be committed; must not block. @throws SQLException if it is rolled back instead */
    void beforeCommit() throws SQLException;

    /** The result travels back. @throws SQLException if it is lost: a transaction is committed nevertheless */
    void reply() throws SQLException;

    /** The process ended while one of its threads waited. Ends that thread: production code does not catch it. */
    final class ProcessEnded extends Error {
        private static final long serialVersionUID = 1L;

        public ProcessEnded() {
            super("the process has ended", null, false, false);
        }
    }
}
