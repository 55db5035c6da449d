package dev.tokencache.store.journal.sql;

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

/** Pools as the service has them, see {@code application.properties}. */
final class PostgresPools {

    private PostgresPools() {}

    static AgroalDataSource to(PostgresServer server, String database) {
        try {
            return AgroalDataSource.from(
                    new AgroalDataSourceConfigurationSupplier().connectionPoolConfiguration(pool -> pool.maxSize(4)
                            .acquisitionTimeout(Duration.ofMillis(500))
                            .exceptionSorter(new PostgreSQLExceptionSorter())
                            .connectionFactoryConfiguration(connections -> connections
                                    .jdbcUrl(server.url(database))
                                    .principal(new NamePrincipal(server.user()))
                                    .credential(new SimplePassword(server.password()))
                                    .initialSql(initialSql())
                                    .jdbcProperty("connectTimeout", "1")
                                    .jdbcProperty("socketTimeout", "1"))));
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
