package dev.tokencache.reload;

import dev.tokencache.caller.CallersConfig;
import dev.tokencache.token.Sha256;
import io.quarkus.runtime.configuration.QuarkusConfigBuilderCustomizer;
import io.smallrye.config.PropertiesLocationConfigSourceFactory;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * The files that {@code quarkus.config.locations} names, as they are now. Settings from other places stay as at the start.
 * Thread-safe.
 */
final class ConfigFiles {

    static final String LOCATIONS = "quarkus.config.locations";

    /** SmallRye Config has the location of a file only in the name of its source. */
    private static final String FILE_SOURCE = "PropertiesConfigSource[source=file:";

    private final SmallRyeConfig started;
    private final List<Path> locations;

    /** Finds the interceptors. The thread of a signal has another one. */
    private final ClassLoader classes = Thread.currentThread().getContextClassLoader();

    /** @param started the configuration at the start of the service */
    ConfigFiles(SmallRyeConfig started) {
        this.started = started;
        this.locations = started.getOptionalValues(SmallRyeConfig.SMALLRYE_CONFIG_LOCATIONS, String.class).stream()
                .flatMap(Collection::stream)
                .flatMap(location -> path(location).stream())
                .toList();
    }

    private static Optional<Path> path(String location) {
        URI uri = URI.create(location);
        if (uri.getScheme() == null) {
            return Optional.of(Path.of(uri.getPath()).toAbsolutePath());
        }
        return uri.getScheme().equals("file") ? Optional.of(Path.of(uri)) : Optional.empty();
    }

    SmallRyeConfig started() {
        return started;
    }

    /** Reads the files. Fails if one cannot be read. */
    SmallRyeConfig read() {
        List<ConfigSource> others =
                sources(started).filter(source -> fileOf(source).isEmpty()).toList();
        return new SmallRyeConfigBuilder()
                .withCustomizers(new QuarkusConfigBuilderCustomizer())
                .forClassLoader(classes)
                .addDefaultInterceptors()
                .addDiscoveredInterceptors()
                .withSources(others)
                .withSources(new PropertiesLocationConfigSourceFactory())
                .withMapping(CallersConfig.class)
                .withValidateUnknown(false)
                .build();
    }

    private static Stream<ConfigSource> sources(SmallRyeConfig config) {
        return StreamSupport.stream(config.getConfigSources().spliterator(), false);
    }

    /** The file of a source, if it is one of the locations. */
    private Optional<Path> fileOf(ConfigSource source) {
        String name = source.getName();
        if (!name.startsWith(FILE_SOURCE)) {
            return Optional.empty();
        }
        String url = name.substring(FILE_SOURCE.length() - "file:".length(), name.length() - 1);
        Path file = Path.of(URI.create(url));
        return locations.stream().anyMatch(location -> belongs(file, location)) ? Optional.of(file) : Optional.empty();
    }

    /** Whether a location is the file, its folder, or the same file without a profile: {@code x-prod} for {@code x}. */
    private static boolean belongs(Path file, Path location) {
        String name = String.valueOf(location.getFileName());
        int end = name.lastIndexOf('.');
        return file.equals(location)
                || location.equals(file.getParent())
                || (end > 0
                        && file.startsWith(
                                Optional.ofNullable(location.getParent()).orElse(location))
                        && file.getFileName().toString().startsWith(name.substring(0, end) + "-"));
    }

    /** The names of all properties, wherever they are set. */
    static Set<String> names(SmallRyeConfig config) {
        Set<String> names = new TreeSet<>();
        config.getPropertyNames().forEach(names::add);
        return names;
    }

    /** The names of all properties in the files, without their profiles. */
    Set<String> properties(SmallRyeConfig config) {
        Set<String> names = new TreeSet<>();
        sources(config)
                .filter(source -> fileOf(source).isPresent())
                .flatMap(source -> source.getPropertyNames().stream())
                .forEach(name -> names.add(name.replaceFirst("^%[^.]*\\.", "")));
        return names;
    }

    /** The files that a property names, if its value names any. */
    static List<Path> named(SmallRyeConfig config, String property) {
        String value = config.getConfigValue(property).getValue();
        List<Path> files = new ArrayList<>();
        for (String name : value == null ? new String[0] : value.split(",")) {
            try {
                Path file = Path.of(name.trim());
                if (Files.isRegularFile(file)) {
                    files.add(file);
                }
            } catch (InvalidPathException noFile) {
                // Most values name no file.
            }
        }
        return files;
    }

    /**
     * The states of all files, for a comparison. Neither names nor times would do: Kubernetes changes a projected secret by
     * replacing a symbolic link to the folder, and a tool may restore the time of a file.
     *
     * @param more files outside the locations
     */
    List<String> states(Collection<Path> more) {
        return Stream.concat(locations.stream().flatMap(ConfigFiles::filesOf), more.stream())
                .map(ConfigFiles::state)
                .toList();
    }

    private static Stream<Path> filesOf(Path location) {
        Path folder = Files.isDirectory(location)
                ? location
                : location.toAbsolutePath().getParent();
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.properties")) {
            entries.forEach(file -> {
                if (belongs(file, location)) {
                    files.add(file);
                }
            });
        } catch (IOException missing) {
            // The next reload reports it.
        }
        return files.stream().sorted();
    }

    /** The name of a file and a hash of its content. A file that cannot be read has none. */
    static String state(Path file) {
        try {
            return file + " " + HexFormat.of().formatHex(Sha256.hash(Files.readAllBytes(file)));
        } catch (IOException unreadable) {
            return file.toString();
        }
    }
}
