package dev.tokencache.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokencache.testing.SystemPackage;
import dev.tokencache.token.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;

/** The release archive: what is in it, and that a newcomer gets from it to a protected page. Only with {@code -Drelease}. */
class ReleaseArchiveIT {

    /**
     * A machine of its own for the commands: nginx's configuration, log and process id, the ports, and the processes, which
     * all end with the script.
     */
    private static final String MACHINE = """
            set -e
            ip link set lo up
            mkdir etc run log
            cp -a /etc/nginx/. etc
            mount --bind etc /etc/nginx
            mount --bind run /run
            mount --bind log /var/log/nginx
            sudo() { "$@"; }
            systemctl() { # restart nginx
              if [ -s /run/nginx.pid ]; then
                nginx -s stop
              fi
              while [ -s /run/nginx.pid ]; do sleep 0.05; done
              nginx
            }
            """;

    private static Path archive;

    @TempDir
    private Path folder;

    @BeforeAll
    static void findArchive() throws IOException {
        String release = System.getProperty("tokencache.release");
        if (release == null) {
            throw new TestAbortedException("built without -Drelease");
        }
        try (var files = Files.newDirectoryStream(Path.of(release), "*.zip")) {
            archive = files.iterator().next();
        }
    }

    @Test
    void shouldReachAProtectedPage() throws IOException {
        SystemPackage.require("nginx", "/usr/sbin/nginx");
        SystemPackage.require("redis-server", "/usr/bin/redis-server");
        SystemPackage.require("iproute2", "/usr/sbin/ip");
        List.of("openssl", "curl", "unzip", "python3").forEach(ExternalTool::require);
        if (!WebServer.asRoot()) {
            throw new TestAbortedException("only root can give the commands a machine of their own");
        }
        Files.copy(archive, folder.resolve(archive.getFileName()));
        FirstSteps.createKey(folder);
        FirstSteps.run(
                folder,
                "sha256sum *.zip > SHA256SUMS; openssl dgst -sha256 -sign key.pem -out SHA256SUMS.sig SHA256SUMS");
        Path script = Files.writeString(
                folder.resolve("first-steps"), MACHINE + "export TOKENCACHE_WARM_UP_MAX=0s\n" + FirstSteps.script());

        ExternalTool.Result result = FirstSteps.run(
                folder, "exec unshare --mount --net --pid --fork --kill-child --mount-proc bash " + script);

        assertThat(result.exit()).as("%s\n%s", result.output(), result.errors()).isZero();
    }

    @Test
    void shouldListExactlyTheShippedLibraries() throws IOException {
        Map<String, String> shipped = new TreeMap<>();
        JsonNode sbom;
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (entry.getName().matches("[^/]+/quarkus-app/lib/.*\\.jar")) {
                    byte[] jar = zip.getInputStream(entry).readAllBytes();
                    shipped.put(HexFormat.of().formatHex(Sha256.hash(jar)), entry.getName());
                }
            }
            sbom = new ObjectMapper()
                    .readTree(zip.getInputStream(zip.stream()
                            .filter(entry -> entry.getName().endsWith(".cdx.json"))
                            .findFirst()
                            .orElseThrow()));
        }

        Map<String, String> listed = new TreeMap<>();
        for (JsonNode component : sbom.path("components")) {
            if (component.path("scope").asText().equals("optional")) {
                continue; // only for dev mode
            }
            assertThat(component.path("licenses"))
                    .as(component.path("purl").asText())
                    .isNotEmpty();
            for (JsonNode hash : component.path("hashes")) {
                if (hash.path("alg").asText().equals("SHA-256")) {
                    listed.put(
                            hash.path("content").asText(),
                            component.path("name").asText());
                }
            }
        }
        assertThat(shipped).hasSizeGreaterThan(100);
        // Quarkus leaves out a part of itself that only dev mode uses. Maven does not know.
        listed.values().remove("quarkus-ide-launcher");
        assertThat(listed).containsOnlyKeys(shipped.keySet());
    }
}
