package dev.tokencache.operator.doctor.live;

import dev.tokencache.operator.nodes.ConfiguredLogin;
import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.Optional;

/** How a running service examines its cluster. Without a user that may read what doctor checks, it uses its own login. */
@ConfigMapping(prefix = DoctorConfig.PREFIX)
public interface DoctorConfig extends ConfiguredLogin.Config {

    String PREFIX = "tokencache.doctor";

    Duration MIN_PERIOD = Duration.ofSeconds(10);

    /** How often to run the checks for metrics and alerts. Never by default. */
    Optional<Duration> every();

    /** @throws IllegalArgumentException naming the property, if a setting is invalid */
    static void check(DoctorConfig config) {
        ConfiguredLogin.check(PREFIX, config);
        if (config.every().isPresent() && config.every().get().compareTo(MIN_PERIOD) < 0) {
            throw new IllegalArgumentException(PREFIX + ".every must be at least 10 seconds");
        }
    }
}
