package dev.tokencache.deploy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.quarkus.agroal.runtime.DataSourcesJdbcRuntimeConfig;
import io.quarkus.datasource.runtime.DataSourcesRuntimeConfig;
import io.quarkus.redis.runtime.client.config.RedisConfig;
import io.quarkus.runtime.ConfigConfig;
import io.quarkus.runtime.shutdown.ShutdownConfig;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.quarkus.vertx.http.runtime.management.ManagementConfig;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The settings of the service: ours, and those of Quarkus that a deployment changes. */
final class KnownSettings {

    private static final Set<String> NAMES = Stream.concat(
                    Stream.of(
                            RedisConfig.class,
                            DataSourcesRuntimeConfig.class,
                            DataSourcesJdbcRuntimeConfig.class,
                            ConfigConfig.class,
                            ShutdownConfig.class,
                            VertxHttpConfig.class,
                            ManagementConfig.class),
                    new ClassFileImporter()
                                    .withImportOption(new ImportOption.DoNotIncludeTests())
                                    .importPackages("dev.tokencache")
                                    .stream()
                                    .filter(mapping -> mapping.isAnnotatedWith(ConfigMapping.class))
                                    .map(JavaClass::reflect))
            .map(ConfigClass::configClass)
            .flatMap(mapping -> ConfigMappings.getProperties(mapping).keySet().stream())
            .collect(Collectors.toUnmodifiableSet());

    private KnownSettings() {}

    /** Whether an environment variable is a setting: its name in upper case, with {@code _} for all other characters. */
    static boolean hasVariable(String variable) {
        return NAMES.stream()
                .map(name -> name.replaceAll("[^A-Za-z0-9*]", "_").toUpperCase(Locale.ROOT))
                .anyMatch(name -> variable.matches(name.replace("*", "[A-Z0-9]+")));
    }

    /** Whether this is the name of a setting. */
    static boolean contains(String setting) {
        return NAMES.stream()
                .anyMatch(name -> setting.matches(name.replace(".", "\\.").replace("*", "[^.]+")));
    }

    /** The values of a mapping in production, before a deployment changes any. */
    static <T> T shipped(Class<T> mapping) {
        try {
            SmallRyeConfig config = new SmallRyeConfigBuilder()
                    .addDiscoveredConverters()
                    .addDefaultInterceptors()
                    .withProfile("prod")
                    // Quarkus sets these when it builds the package, and its settings refer to them.
                    .withDefaultValue("quarkus.http.host", "0.0.0.0")
                    .withDefaultValue("quarkus.management.host", "0.0.0.0")
                    .withDefaultValue("java.io.tmpdir", System.getProperty("java.io.tmpdir"))
                    .withSources(new PropertiesConfigSource(Path.of("src/main/resources/application.properties")
                            .toUri()
                            .toURL()))
                    .withMapping(mapping)
                    .withValidateUnknown(false)
                    .build();
            return config.getConfigMapping(mapping);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
