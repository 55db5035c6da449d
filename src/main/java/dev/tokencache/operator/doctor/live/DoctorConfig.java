package dev.tokencache.operator.doctor.live;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** How a running service examines its cluster. */
@ConfigMapping(prefix = "tokencache.doctor")
public interface DoctorConfig {

    /** An ACL user that may read what doctor checks. Without one, the service's own login is used. */
    Optional<String> user();

    Optional<String> password();

    /** A file with the password, instead of {@code password}. */
    Optional<Path> passwordFile();

    /** How often to run the checks for metrics and alerts. Never by default. */
    Optional<Duration> every();
}
