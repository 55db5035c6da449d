package dev.tokencache.endtoend;

import dev.tokencache.testing.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;

/** An outage with a journal in PostgreSQL that two services share. */
class SharedJournalServicesIT extends OutageWithJournal {

    private PostgresServer postgres;
    private String database;

    @AfterAll
    void stopPostgres() {
        if (postgres != null) {
            postgres.close();
        }
    }

    @Override
    Map<String, String> journalSettings() {
        if (postgres == null) {
            PostgresServer.require();
            postgres = PostgresServer.start();
            database = postgres.newDatabase();
        }
        return Map.of(
                "tokencache.journal.kind", "shared",
                "quarkus.datasource.journal.jdbc.url", postgres.url(database),
                "quarkus.datasource.journal.username", postgres.user(),
                "quarkus.datasource.journal.password", postgres.password());
    }

    @Override
    boolean isShared() {
        return true;
    }
}
