package dev.tokencache.deploy;

import dev.tokencache.testing.SystemPackage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private final String label;

    private Containers(Class<?> test) {
        this.label = "test=" + Path.of("").toAbsolutePath() + ":" + test.getSimpleName();
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

    /** Builds {@code src/main/docker/Dockerfile.<kind>} and returns the name of the image. */
    static String image(String kind) {
        if (kind.equals("jvm") && podman("images", "--quiet", "eclipse-temurin").isEmpty()) {
            throw new TestAbortedException("there is no JDK 25 for the image; package=jdk-25");
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
        List<String> command = new ArrayList<>(List.of(PODMAN, "run", "--rm", "--label", label));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    /** Starts a container of this class in the background. */
    void start(String... arguments) {
        List<String> command = new ArrayList<>(List.of("run", "--detach", "--label", label));
        command.addAll(List.of(arguments));
        podman(command.toArray(String[]::new));
    }

    /** Removes all containers of this class. */
    @Override
    public void close() {
        for (String id : podman("ps", "--all", "--quiet", "--filter", "label=" + label)
                .lines()
                .toList()) {
            run(Map.of(), PODMAN, "rm", "--force", "--time", "0", "--volumes", id);
        }
    }
}
