package dev.tokencache.deploy;

import dev.tokencache.testing.ServiceProcess;
import io.restassured.RestAssured;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks {@code src/main/docker/Dockerfile.native} without a container engine. {@link ContainersNativeIT} builds and runs the
 * image.
 */
class ContainerImagesNativeIT {

    @TempDir
    private Path image;

    /** Copies the file that the Dockerfile copies, and runs its entry point. */
    @Test
    void shouldStartFromTheCopiedFiles() throws Exception {
        List<String> copy = List.of(
                ContainerImagesIT.arguments("Dockerfile.native", "COPY").get(0).split(" "));
        assertThat(copy).hasSize(3).startsWith("--chmod=0555");
        List<Path> sources = ContainerImagesIT.matching(copy.get(1));
        assertThat(sources).containsExactly(Path.of("").toAbsolutePath().relativize(executable()));
        Files.copy(sources.get(0), image.resolve(copy.get(2)));
        List<String> command = ContainerImagesIT.entryPoint("Dockerfile.native");
        ProcessBuilder builder = new ProcessBuilder(command).directory(image.toFile());
        builder.environment().putAll(ContainerImagesIT.environment());

        try (ServiceProcess service = ServiceProcess.launch(builder)) {
            service.awaitStarted();

            assertThat(RestAssured.get(service.managementUri().resolve("/q/health/live"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(service.stop()).isEqualTo(143);
        }
    }

    private static Path executable() {
        return Path.of(System.getProperty("tokencache.executable"));
    }
}
