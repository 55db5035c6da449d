package dev.tokencache.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A tag of a registry can be moved to another image: each image of others is named with its digest. */
class PinnedImagesTest {

    private static final String DIGEST = "sha256:[0-9a-f]{64}";

    /** {@code FROM} in a Dockerfile, {@code image} in a Compose file; not the images that are built here. */
    private static final Pattern IMAGE = Pattern.compile("(?m)^(?:FROM|\\s*image:) +(?!token-cache:)(\\S+:\\S+)");

    @Test
    void shouldPinImagesOfDockerfilesAndCompose() throws IOException {
        List<String> images =
                new ArrayList<>(images(ShippedFile.of("compose/compose.yaml").text()));
        try (Stream<Path> files = Files.list(Path.of("src/main/docker"))) {
            files.filter(file -> file.getFileName().toString().startsWith("Dockerfile."))
                    .forEach(file -> images.addAll(images(text(file))));
        }

        assertThat(images).hasSizeGreaterThanOrEqualTo(8).allMatch(image -> image.matches(".+:.+@" + DIGEST));
        // The image is trained with the Redis of Compose.
        assertThat(images.stream().filter(image -> image.startsWith("redis:")).distinct())
                .hasSize(1);
    }

    @Test
    void shouldPinRedisOnKubernetesAsInCompose() {
        String redis = images(ShippedFile.of("compose/compose.yaml").text()).stream()
                .filter(image -> image.startsWith("redis:"))
                .findFirst()
                .orElseThrow();
        String[] tagAndDigest = redis.substring("redis:".length()).split("@");

        assertThat(ShippedFile.of("kubernetes/overlays/with-redis/kustomization.yaml")
                        .text())
                .contains("- name: redis\n  newTag: " + tagAndDigest[0] + "\n  digest: " + tagAndDigest[1]);
        assertThat(ShippedFile.of("helm/values.yaml").text())
                .contains("    repository: redis\n    tag: " + tagAndDigest[0] + "\n    digest: " + tagAndDigest[1]);
    }

    private static List<String> images(String text) {
        return IMAGE.matcher(text).results().map(match -> match.group(1)).toList();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
