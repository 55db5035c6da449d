package dev.tokencache.deploy;

import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** A chart, processed by Helm itself. Values are given as YAML. */
record HelmChart(Path folder) {

    /** The chart of this project. */
    static final HelmChart SHIPPED = new HelmChart(Path.of("deploy/helm"));

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

    /** Packages the chart as {@code helm package} does. Returns the archive. */
    Path packageInto(Path destination) throws IOException {
        helm().packageIt().withDestination(destination).call();
        try (var files = Files.newDirectoryStream(destination, "*.tgz")) {
            return files.iterator().next();
        }
    }

    private Helm helm() {
        return new Helm(folder);
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
