package dev.tokencache.store.redis;

import dev.tokencache.redis.connection.RedisConnector;
import io.quarkus.tls.TlsConfiguration;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.net.SSLOptions;
import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The user, password and certificates of new connections to Redis, which can change while the service runs. Open connections
 * stay: Redis does not check their password again. Thread-safe.
 */
public final class RedisLogin {

    public static final String PASSWORD_FILE = "tokencache.redis.password-file";

    private final RedisConnector connector;
    private RedisOptions options;

    /** @param options those that the connector was created with */
    RedisLogin(RedisOptions options, RedisConnector connector) {
        this.options = options;
        this.connector = connector;
    }

    /**
     * Reads the user and the password, and returns what puts them into use.
     *
     * @throws IllegalArgumentException naming the property, if one is invalid
     */
    public synchronized Runnable prepare(SmallRyeConfig config) {
        RedisOptions changed = new RedisOptions(options);
        config.getOptionalValues("quarkus.redis.hosts", String.class).ifPresent(changed::setEndpoints);
        changed.setPassword(
                config.getOptionalValue("quarkus.redis.password", String.class).orElse(null));
        RedisOptions login = withPasswordOf(
                config.getOptionalValue(PASSWORD_FILE, String.class).map(Path::of), changed);
        return use(login);
    }

    private Runnable use(RedisOptions changed) {
        Runnable change = connector.prepare(changed);
        return () -> {
            options = changed;
            change.run();
        };
    }

    /** Uses other certificates for new connections. */
    public synchronized void use(TlsConfiguration certificates) {
        RedisOptions changed = new RedisOptions(options);
        SSLOptions ssl = certificates.getSSLOptions();
        changed.getNetClientOptions().setKeyCertOptions(ssl.getKeyCertOptions()).setTrustOptions(ssl.getTrustOptions());
        ssl.getCrlValues().forEach(changed.getNetClientOptions()::addCrlValue);
        use(changed).run();
    }

    /** The options with the password in the file, if there is one. A line feed at its end is no part of the password. */
    static RedisOptions withPasswordOf(Optional<Path> file, RedisOptions options) {
        if (file.isEmpty()) {
            return options;
        }
        try {
            return new RedisOptions(options)
                    .setPassword(Files.readString(file.get()).stripTrailing());
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(PASSWORD_FILE + " cannot be read");
        }
    }
}
