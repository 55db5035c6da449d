package dev.tokencache.operator.doctor.live;

import dev.tokencache.redis.connection.RedisConnector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The login that {@link DoctorConfig} describes. */
final class DoctorLogin {

    private static final String PREFIX = "tokencache.doctor.";
    private static final Duration MIN_PERIOD = Duration.ofSeconds(10);

    private DoctorLogin() {}

    /** @throws IllegalArgumentException naming the property, if a setting is invalid */
    static void check(DoctorConfig config) {
        boolean hasPassword =
                config.password().isPresent() || config.passwordFile().isPresent();
        if (config.user().isPresent() && !hasPassword) {
            throw new IllegalArgumentException(
                    PREFIX + "user needs " + PREFIX + "password or " + PREFIX + "password-file");
        }
        if (config.every().isPresent() && config.every().get().compareTo(MIN_PERIOD) < 0) {
            throw new IllegalArgumentException(PREFIX + "every must be at least 10 seconds");
        }
    }

    /** Reads the file on each run, because passwords change. Blocks. */
    static RedisConnector connector(DoctorConfig config, RedisConnector service) {
        Optional<String> password = config.passwordFile().map(DoctorLogin::read).or(config::password);
        String property = PREFIX + (config.passwordFile().isPresent() ? "password-file" : "password");
        return password.map(secret -> service.withLogin(config.user().orElse(""), secret, property))
                .orElse(service);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).stripTrailing();
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(PREFIX + "password-file cannot be read");
        }
    }
}
