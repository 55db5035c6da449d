package dev.tokencache.deploy;

import dev.tokencache.testing.SystemPackage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The containers of one test class, in podman with the images of {@code src/test/containers}. Each has a label, by which those of an
 * earlier run that was killed are found.
 */
final class Containers implements AutoCloseable {

    static final String PODMAN = "src/test/containers/podman";

    private static final String BASE = "src/test/containers/base";
    private static final List<String> PACKAGES = List.of("podman", "crun", "jq", "mmdebstrap", "iptables");

    /** The label that podman-compose gives to everything of a project. */
    private static final String LABEL = "io.podman.compose.project=";

    private final String project;

    private Containers(Class<?> test) {
        // Another clone has containers of its own.
        this.project = "%s-%08x"
                .formatted(
                        test.getSimpleName().toLowerCase(Locale.ROOT),
                        Path.of("").toAbsolutePath().toString().hashCode());
    }

    /** The name of this test class and clone, for the names of containers. */
    String project() {
        return project;
    }

    /** Skips or fails the test if this machine cannot run containers, and makes the images that are missing. */
    static Containers of(Class<?> test) {
        if (System.getProperty("containers", "").equals("skip")) {
            throw new TestAbortedException("skipped by -Dcontainers=skip; package=podman");
        }
        PACKAGES.forEach(ExternalTool::require);
        SystemPackage.require("netavark", "/usr/lib/podman/netavark");
        SystemPackage.require("aardvark-dns", "/usr/lib/podman/aardvark-dns");
        ExternalTool.Result check = ExternalTool.run(BASE, "check");
        SystemPackage.require("podman", check.exit() == 0, check.errors());
        // Takes a minute or two, so only where no test may be skipped.
        boolean hasImages = ExternalTool.run(PODMAN, "image", "exists", "redis:" + redisTag())
                        .exit()
                == 0;
        SystemPackage.require(BASE, hasImages || SystemPackage.isRequired(), "it has not been run");
        ExternalTool.Result base = ExternalTool.run(BASE);
        assertThat(base.exit()).as(base.errors()).isZero();
        Containers containers = new Containers(test);
        containers.close();
        return containers;
    }

    private static String redisTag() {
        return ShippedFile.of("compose/compose.yaml")
                .text()
                .split("image: redis:", 2)[1]
                .split("@", 2)[0];
    }

    /** An image of {@code src/test/containers/base}. Skips the test if it is that of Java, and there is no JDK 25. */
    static String base(String name) {
        String image = podman("images", "--format", "{{.Repository}}:{{.Tag}}", name)
                .lines()
                .findFirst()
                .orElse("");
        if (image.isEmpty()) {
            throw new TestAbortedException("there is no JDK 25 to make the image from; package=jdk-25");
        }
        return image;
    }

    /** Builds {@code src/main/docker/Dockerfile.<kind>} and returns the name of the image. */
    static String image(String kind) {
        if (kind.equals("jvm")) {
            base("eclipse-temurin");
        }
        ExternalTool.Result built = ExternalTool.run("src/test/containers/image", kind);
        assertThat(built.exit()).as(built.errors()).isZero();
        return built.output().strip();
    }

    /** Runs podman and returns its output; fails if podman does. */
    static String podman(String... arguments) {
        ExternalTool.Result result = run(Map.of(), PODMAN, arguments);
        assertThat(result.exit()).as(result.errors()).isZero();
        return result.output().strip();
    }

    static ExternalTool.Result run(Map<String, String> environment, String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        return ExternalTool.run(environment, command);
    }

    /** The command that runs a container of this class in the foreground. */
    ProcessBuilder command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(PODMAN, "run", "--rm", "--label", LABEL + project));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    /** Starts a container of this class in the background. */
    void start(String... arguments) {
        List<String> command = new ArrayList<>(List.of("run", "--detach", "--label", LABEL + project));
        command.addAll(List.of(arguments));
        podman(command.toArray(String[]::new));
    }

    /** Removes all containers, volumes and networks of this class. */
    @Override
    public void close() {
        String filter = "--filter=label=" + LABEL + project;
        remove(podman("ps", "--all", "--quiet", filter), "rm", "--force", "--time=0", "--volumes");
        remove(podman("volume", "ls", "--quiet", filter), "volume", "rm");
        remove(podman("network", "ls", "--quiet", filter), "network", "rm");
    }

    private static void remove(String names, String... command) {
        if (!names.isEmpty()) {
            podman(Stream.concat(Stream.of(command), names.lines()).toArray(String[]::new));
        }
    }
}
