package dev.tokencache.endtoend;

import dev.tokencache.testing.SystemPackage;
import dev.tokencache.testing.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** With a journal in PostgreSQL, and two services that share it. */
class SharedJournalServicesIT extends OutageWithJournal {

    private static PostgresServer postgres;

    private String database;

    @BeforeAll
    static void startPostgres() {
        SystemPackage.require("postgresql", "/usr/lib/postgresql");
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stopPostgres() {
        if (postgres != null) {
            postgres.close();
        }
    }

    @Override
    Map<String, String> journalSettings() {
        if (database == null) {
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
