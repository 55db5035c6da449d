package dev.tokencache.devmode;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProductionPackageIT {

    private static final Path APPLICATION =
            Path.of(System.getProperty("tokencache.jar")).resolveSibling("");

    @Test
    void shouldCarryNoRedisServerAndNoClientBesidesOurs() throws IOException {
        assertThat(jars())
                .extracting(jar -> jar.getFileName().toString())
                .anyMatch(name -> name.contains("vertx-redis-client"))
                .noneMatch(name -> name.contains("embedded-redis"))
                .noneMatch(name -> name.contains("jedis"));
        for (Path jar : jars()) {
            assertThat(entries(jar)).noneMatch(entry -> entry.startsWith("redis-server-"));
        }
    }

    @Test
    void shouldStartWithoutIt() {
        try (ServiceProcess service = ServiceProcess.start(ServiceProcess.settings(RedisClusterResource.cluster()))) {
            assertThat(service.output()).doesNotContain("NoClassDefFoundError", "ClassNotFoundException");
        }
    }

    private static List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.walk(APPLICATION)) {
            return files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }

    private static List<String> entries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream().map(Object::toString).toList();
        }
    }
}
