package dev.tokencache.deploy;

import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A chart, processed by Helm itself. Values are given as YAML.
 *
 * @param path its folder or archive
 */
record HelmChart(Path path) {

    /** The chart of this project as users get it: an archive. */
    static final HelmChart SHIPPED = new HelmChart(Path.of("deploy/helm")).archive();

    /** The release's name for which the objects have the same names as with kustomize. */
    private static final String RELEASE = "token-cache";

    private static final String NAMESPACE = "sso";
    /** The oldest version that the chart supports. */
    private static final String KUBERNETES = "1.28.0";

    /** @throws IllegalStateException with Helm's message, if it refuses the values */
    String render(String values) {
        return with(values, file -> helm().template()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES)
                .withValuesFile(file)
                .call());
    }

    /** What {@code helm template} prints, parsed strictly. */
    KubernetesManifests manifests(String values) {
        return KubernetesManifests.parse(render(values));
    }

    /** What {@code helm install} prints: the state of the release and NOTES.txt. */
    String notes(String values) {
        return with(values, file -> helm().install()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES)
                .withValuesFile(file)
                .clientOnly()
                .withDryRunOption(DryRun.CLIENT)
                .call()
                .getOutput());
    }

    LintResult lint() {
        return helm().lint().strict().call();
    }

    /** Packages the chart as {@code helm package} does. */
    private HelmChart archive() {
        try {
            Path parent = Files.createDirectories(Path.of("target/deploy"));
            Path destination = Files.createTempDirectory(parent, "chart-").toAbsolutePath();
            helm().packageIt().withDestination(destination).call();
            try (Stream<Path> files = Files.list(destination)) {
                return new HelmChart(files.findFirst().orElseThrow());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Helm helm() {
        return new Helm(path);
    }

    private static <T> T with(String values, Function<Path, T> command) {
        try {
            Path file = Files.createTempFile("values-", ".yaml");
            try {
                return command.apply(Files.writeString(file, values));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
