package dev.tokencache.operator.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The known vulnerabilities of Redis and Valkey, and the bug of TC311: records in the Open Source Vulnerability format, in
 * {@code doctor/cves.json}.
 *
 * <p>A distribution fixes a vulnerability without changing the version. Debian's builds are reproducible, so
 * {@code redis_build_id} is a function of the package's version and identifies it.
 */
final class Vulnerabilities {

    static final Vulnerabilities SHIPPED = read();

    private final JsonNode file;

    /** @param fixedIn the first version without it; empty if there is none yet */
    record Open(String id, boolean isCritical, String fixedIn) {}

    private Vulnerabilities(JsonNode file) {
        this.file = file;
    }

    private static Vulnerabilities read() {
        try (InputStream json = Vulnerabilities.class.getResourceAsStream("/doctor/cves.json")) {
            return new Vulnerabilities(new ObjectMapper().readTree(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** When the file was last compared with the advisories. */
    LocalDate checkedOn() {
        return LocalDate.parse(file.path("checked_on").asText());
    }

    /** The package that this build is; empty if it is not known. */
    Optional<String> packageOf(String buildId) {
        return builds().filter(build -> build.path("redis_build_id").asText().equals(buildId))
                .map(build -> build.path("version").asText())
                .findFirst();
    }

    private Stream<JsonNode> builds() {
        return file.path("builds").valueStream();
    }

    /** The vulnerabilities of a check that this server has, whether or not its distributor has fixed them if unknown. */
    List<Open> open(String check, ServerVersion version, String buildId, boolean hasTls) {
        List<Open> open = new ArrayList<>();
        for (JsonNode record : file.path("vulns")) {
            JsonNode details = record.path("database_specific");
            String fixedIn = fixedIn(record, version);
            if (details.path("check").asText().equals(check)
                    && (hasTls || !details.path("needs").asText().equals("tls"))
                    && fixedIn != null
                    && !isFixedBy(record, buildId)) {
                boolean isCritical = details.path("severity").asText().equals("CRITICAL");
                open.add(new Open(record.path("id").asText(), isCritical, fixedIn));
            }
        }
        return open;
    }

    /** The first later version without it; null if this version does not have it. The events are in ascending order. */
    private static @Nullable String fixedIn(JsonNode record, ServerVersion version) {
        boolean isAffected = false;
        for (JsonNode event : events(record, version.product(), "SEMVER")) {
            if (event.has("introduced")) {
                isAffected = !version.isBefore(event.path("introduced").asText());
            } else if (isAffected && version.isBefore(event.path("fixed").asText())) {
                return event.path("fixed").asText();
            }
        }
        return null;
    }

    private boolean isFixedBy(JsonNode record, String buildId) {
        List<String> versions =
                builds().map(build -> build.path("version").asText()).toList();
        return packageOf(buildId)
                .filter(version -> events(record, "redis", "ECOSYSTEM").stream()
                        .filter(event -> event.has("fixed"))
                        .anyMatch(event -> versions.indexOf(version)
                                >= versions.indexOf(event.path("fixed").asText())))
                .isPresent();
    }

    private static List<JsonNode> events(JsonNode record, String product, String type) {
        return record.path("affected")
                .valueStream()
                .filter(affected ->
                        affected.path("package").path("name").asText().equals(product))
                .flatMap(affected -> affected.path("ranges").valueStream())
                .filter(range -> range.path("type").asText().equals(type))
                .flatMap(range -> range.path("events").valueStream())
                .toList();
    }
}
