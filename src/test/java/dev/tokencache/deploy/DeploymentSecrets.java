package dev.tokencache.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** A folder of secrets created by {@code deploy/kubernetes/make-secrets}. */
record DeploymentSecrets(Path folder) {

    private static final Path SCRIPT = Path.of("deploy/kubernetes/make-secrets").toAbsolutePath();

    static DeploymentSecrets make(Path folder, String... callers) {
        List<String> arguments = new ArrayList<>(List.of(folder.toString()));
        arguments.addAll(Arrays.asList(callers));
        ExternalTool.Result made = run(arguments.toArray(String[]::new));
        assertThat(made.exit()).as(made.errors()).isZero();
        return new DeploymentSecrets(folder);
    }

    static ExternalTool.Result run(String... arguments) {
        ExternalTool.require("openssl");
        return ExternalTool.run(
                Map.of(),
                Stream.concat(Stream.of(SCRIPT.toString()), Stream.of(arguments))
                        .toList());
    }

    String text(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Properties properties(String file) {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(folder.resolve(file))) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    /** The secret of a caller, in plain text. */
    String ofCaller(String id) {
        return text("caller-" + id);
    }

    /** The text of every file by name. */
    Map<String, String> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .collect(Collectors.toMap(file -> file, this::text, (one, other) -> one, TreeMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All confidential values: the callers' secrets, the token keys and the passwords. */
    Set<String> all() {
        return files().entrySet().stream()
                .flatMap(file -> file.getKey().matches("caller-.*|.*-password")
                        ? Stream.of(file.getValue().strip())
                        : secretValues(file.getKey()))
                .collect(Collectors.toSet());
    }

    private Stream<String> secretValues(String file) {
        return file.endsWith(".properties")
                ? properties(file).entrySet().stream()
                        .filter(entry -> entry.getKey().toString().matches(".*(password|token\\.keys\\..*)"))
                        .map(entry -> entry.getValue().toString())
                : Stream.of();
    }
}
