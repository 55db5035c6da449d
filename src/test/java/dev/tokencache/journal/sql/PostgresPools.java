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

/** Pools as the service has them, see {@code application.properties}, but for their patience. */
final class PostgresPools {

    /** More than a busy machine ever stands still for. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private PostgresPools() {}

    /** With the deadlines of the service, for a server in trouble. */
    static AgroalDataSource strict(PostgresServer server, String database) {
        return to(server, database, Duration.ofMillis(500), 1, initialSql());
    }

    /** PostgreSQL must not resolve a deadlock before a statement has failed of it, as the service's do. */
    static AgroalDataSource patient(PostgresServer server, String database) {
        String patience = "; set statement_timeout = " + PATIENCE.toMillis() + "; set deadlock_timeout = "
                + PATIENCE.multipliedBy(2).toMillis();
        return to(server, database, PATIENCE, PATIENCE.toSeconds(), initialSql() + patience);
    }

    private static AgroalDataSource to(
            PostgresServer server, String database, Duration acquisition, long silenceSeconds, String initialSql) {
        String silence = Long.toString(silenceSeconds);
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
                                    .jdbcProperty("connectTimeout", silence)
                                    .jdbcProperty("socketTimeout", silence))));
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
