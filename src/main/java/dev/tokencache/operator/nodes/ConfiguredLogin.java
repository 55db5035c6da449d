package dev.tokencache.operator.nodes;

import dev.tokencache.redis.connection.RedisConnector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The user of Redis that a running service logs in as for one of the operator's tools.
 *
 * @param user empty for the default user
 * @param property that the password comes from
 */
public record ConfiguredLogin(String user, String password, String property) {

    /** The properties of such a user, below the prefix of a tool. */
    public interface Config {

        Optional<String> user();

        Optional<String> password();

        /** A file with the password, instead of {@code password}. */
        Optional<Path> passwordFile();
    }

    /** @throws IllegalArgumentException naming the property, if a user has no password */
    public static void check(String prefix, Config config) {
        if (config.user().isPresent()
                && config.password().isEmpty()
                && config.passwordFile().isEmpty()) {
            throw new IllegalArgumentException(
                    prefix + ".user needs " + prefix + ".password or " + prefix + ".password-file");
        }
    }

    /** Reads the file on each call, because passwords change. Empty if no password is configured. Blocks. */
    public static Optional<ConfiguredLogin> read(String prefix, Config config) {
        String user = config.user().orElse("");
        String file = prefix + ".password-file";
        return config.passwordFile()
                .map(path -> new ConfiguredLogin(user, content(path, file), file))
                .or(() -> config.password().map(secret -> new ConfiguredLogin(user, secret, prefix + ".password")));
    }

    private static String content(Path file, String property) {
        try {
            return Files.readString(file).stripTrailing();
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(property + " cannot be read");
        }
    }

    /** Connects to the nodes of the service as this user. */
    public RedisConnector connector(RedisConnector service) {
        return service.withLogin(user, password, property);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "ConfiguredLogin[user=" + user + "]";
    }
}
