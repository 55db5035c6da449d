package dev.tokencache.operator.backup;

import dev.tokencache.cli.ExitCode;
import dev.tokencache.seal.Seal;
import dev.tokencache.seal.SealKeys;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SysPropConfigSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The settings of the service that a backup depends on, from the environment and a file. */
final class ServiceSettings {

    private static final Duration DEFAULT_MAX_TTL = Duration.ofDays(30);

    @Option(
            names = "--config",
            paramLabel = "<file>",
            description =
                    "A file with tokencache.seal.* and tokencache.token.max-ttl as the service has them. Environment variables"
                            + " count too.")
    @Nullable
    Path file;

    private SmallRyeConfig config() {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredInterceptors()
                .withSources(new EnvConfigSource(System.getenv(), EnvConfigSource.DEFAULT_ORDINAL))
                .withSources(new SysPropConfigSource());
        try {
            if (file != null) {
                builder.withSources(new PropertiesConfigSource(file.toUri().toURL()));
            }
        } catch (IOException unreadable) {
            throw ExitCode.USAGE.failure("--config cannot be read");
        }
        return builder.build();
    }

    Seal seal() {
        SmallRyeConfig config = config();
        Seal seal = Seal.off();
        try {
            seal.use(SealKeys.of(
                    config.getOptionalValues("tokencache.seal.keys", String.class, String.class)
                            .orElse(Map.of()),
                    config.getOptionalValue("tokencache.seal.active-key", String.class),
                    config.getOptionalValue("tokencache.seal.required", Boolean.class)
                            .orElse(false)));
        } catch (IllegalArgumentException invalid) {
            throw ExitCode.USAGE.failure(String.valueOf(invalid.getMessage()));
        }
        return seal;
    }

    Duration maxTtl() {
        return config().getOptionalValue("tokencache.token.max-ttl", String.class)
                .map(DurationConverter::parseDuration)
                .orElse(DEFAULT_MAX_TTL);
    }
}
