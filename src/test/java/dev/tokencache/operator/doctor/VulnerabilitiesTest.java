package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Vulnerabilities.Open;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class VulnerabilitiesTest {

    /** Each release that an advisory names as fixed, and the one before it. */
    @ParameterizedTest
    @CsvSource({
        "CVE-2018-11218, redis,  3.2.11, 3.2.12",
        "CVE-2018-11218, redis,  4.0.9,  4.0.10",
        "CVE-2021-32626, redis,  5.0.13, 5.0.14",
        "CVE-2021-32626, redis,  6.0.15, 6.0.16",
        "CVE-2021-32626, redis,  6.2.5,  6.2.6",
        "CVE-2022-24834, redis,  6.0.19, 6.0.20",
        "CVE-2022-24834, redis,  6.2.12, 6.2.13",
        "CVE-2022-24834, redis,  7.0.11, 7.0.12",
        "CVE-2024-31449, redis,  6.2.15, 6.2.16",
        "CVE-2024-31449, redis,  7.0.15, 7.2.6",
        "CVE-2024-31449, redis,  7.4.0,  7.4.1",
        "CVE-2024-46981, redis,  6.2.16, 6.2.17",
        "CVE-2024-46981, redis,  7.2.6,  7.2.7",
        "CVE-2024-46981, redis,  7.4.1,  7.4.2",
        "CVE-2024-46981, valkey, 7.2.7,  7.2.8",
        "CVE-2024-46981, valkey, 8.0.1,  8.0.2",
        "CVE-2025-21605, redis,  6.2.17, 6.2.18",
        "CVE-2025-21605, redis,  7.2.7,  7.2.8",
        "CVE-2025-21605, redis,  7.4.2,  7.4.3",
        "CVE-2025-49844, redis,  6.2.19, 6.2.20",
        "CVE-2025-49844, redis,  7.2.10, 7.2.11",
        "CVE-2025-49844, redis,  7.4.5,  7.4.6",
        "CVE-2025-46817, redis,  8.0.3,  8.0.4",
        "CVE-2025-46818, redis,  8.2.1,  8.2.2",
        "CVE-2025-49844, valkey, 7.2.10, 7.2.11",
        "CVE-2025-46819, valkey, 8.0.5,  8.0.6",
        "CVE-2025-49844, valkey, 8.1.3,  8.1.4",
        "CVE-2025-67733, valkey, 7.2.11, 7.2.12",
        "CVE-2025-67733, valkey, 8.0.6,  8.0.7",
        "CVE-2025-67733, valkey, 8.1.5,  8.1.6",
        "CVE-2025-67733, valkey, 9.0.1,  9.0.2",
        "CVE-2026-81934, redis,  6.2.23, 6.2.24",
        "CVE-2026-81934, redis,  7.2.15, 7.2.16",
        "CVE-2026-81934, redis,  7.4.10, 7.4.11",
        "CVE-2026-81934, redis,  8.2.8,  8.2.9",
        "CVE-2026-81934, redis,  8.4.5,  8.4.6",
        "CVE-2026-81934, redis,  8.6.5,  8.6.6",
        "CVE-2026-81934, redis,  8.8.1,  8.8.2",
        "CVE-2026-81934, redis,  8.10.0, 8.10.1",
        "REDIS-14541,    redis,  8.4.6,  8.6.0",
        "REDIS-14541,    valkey, 8.0.10, 8.0.11",
        "REDIS-14541,    valkey, 8.1.9,  8.1.10",
        "REDIS-14541,    valkey, 9.1.1,  9.2.0",
    })
    void aVulnerabilityEndsWithItsFix(String cve, String product, String last, String fixed) {
        assertThat(ids(product, last, "")).contains(cve);
        assertThat(ids(product, fixed, "")).doesNotContain(cve);
    }

    /** The build id of each package is that of Debian's reproducible build. */
    @ParameterizedTest
    @CsvSource({
        "CVE-2024-31449, 8fef3e995a542118, 5f65bccf5d6cab79",
        "CVE-2024-46981, 5f65bccf5d6cab79, c89c70d1d28059e4",
        "CVE-2025-49844, 2f17c0d9eab7b913, 5281cccdf7ef82d6",
        "CVE-2026-81934, 5f265de18fb46a0c, ae4d7c971a948f0",
    })
    void debiansPackageHasTheFixesOfItsChangelog(String cve, String last, String fixed) {
        assertThat(ids("redis", "7.0.15", last)).contains(cve);
        assertThat(ids("redis", "7.0.15", fixed)).doesNotContain(cve);
    }

    private static List<String> ids(String product, String number, String buildId) {
        ServerVersion version = new ServerVersion(product, number);
        return Stream.of("TC105", "TC106", "TC311")
                .flatMap(check -> Vulnerabilities.SHIPPED.open(check, version, buildId, true).stream())
                .map(Open::id)
                .toList();
    }
}
