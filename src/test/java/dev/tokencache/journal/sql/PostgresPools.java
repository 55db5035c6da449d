package dev.tokencache.journal.sql;

import dev.tokencache.testing.PostgresServer;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.flywaydb.core.Flyway;

/** Connection pools with the settings of {@code application.properties}, except for the timeouts. */
final class PostgresPools {

    /** Longer than any stall of a busy machine. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private PostgresPools() {}

    /** With the timeouts of the service, for tests of a failing server. */
    static AgroalDataSource strict(PostgresServer server, String database) {
        return to(server, database, Duration.ofMillis(500), 1, initialSql());
    }

    /** With long timeouts. A deadlocked statement times out before PostgreSQL resolves the deadlock, as in the service. */
    static AgroalDataSource patient(PostgresServer server, String database) {
        String patience = "; set statement_timeout = " + PATIENCE.toMillis() + "; set deadlock_timeout = "
                + PATIENCE.multipliedBy(2).toMillis();
        return to(server, database, PATIENCE, PATIENCE.toSeconds(), initialSql() + patience);
    }

    private static AgroalDataSource to(
            PostgresServer server, String database, Duration acquisition, long timeoutSeconds, String initialSql) {
        String timeout = Long.toString(timeoutSeconds);
        try {
            return AgroalDataSource.from(
                    new AgroalDataSourceConfigurationSupplier().connectionPoolConfiguration(pool -> pool.maxSize(4)
                            .acquisitionTimeout(acquisition)
                            .exceptionSorter(new PostgreSQLExceptionSorter())
                            .connectionFactoryConfiguration(connections -> connections
                                    .jdbcUrl(server.url(database))
                                    .principal(new NamePrincipal(server.user()))
                                    .credential(new SimplePassword(server.password()))
                                    .initialSql(initialSql)
                                    .jdbcProperty("connectTimeout", timeout)
                                    .jdbcProperty("socketTimeout", timeout))));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String initialSql() {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of("src/main/resources/application.properties"))) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("quarkus.datasource.journal.jdbc.new-connection-sql");
    }

    static Runnable migration(AgroalDataSource pool) {
        Flyway flyway = Flyway.configure()
                .dataSource(pool)
                .locations("db/journal")
                .table("journal_schema_history")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load();
        return flyway::migrate;
    }
}
