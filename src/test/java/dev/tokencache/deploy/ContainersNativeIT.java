package dev.tokencache.deploy;

import dev.tokencache.testing.ServiceProcess;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Builds and runs {@code src/main/docker/Dockerfile.native}, with a local journal: SQLite is a library that is loaded later. */
class ContainersNativeIT extends ContainersIT {

    private static final Pattern MEMORY = Pattern.compile("(?s)Memory: (\\d+)M.* Maximum heap size: (\\d+)M");

    @Override
    String kind() {
        return "native";
    }

    @Override
    List<String> program(String image) {
        return List.of(
                "--tmpfs=/var/lib/token-cache:exec,mode=1777",
                "--env=TOKENCACHE_JOURNAL_KIND=local",
                "--env=TOKENCACHE_JOURNAL_LOCAL_PATH=/var/lib/token-cache/journal",
                image,
                "-Dorg.sqlite.tmpdir=/var/lib/token-cache",
                // Makes it print the sizes at its first collection.
                "-XX:+VerboseGC");
    }

    @Override
    List<String> files() {
        return List.of("/opt/token-cache/token-cache");
    }

    /** The memory that the executable sees is the machine's if {@code native-image} cannot read this version of cgroups. */
    @Override
    void assertThatHalfOfTheMemoryIsHeap(ServiceProcess service) {
        Matcher sizes = MEMORY.matcher(service.output());
        assertThat(sizes.find()).as(service.output()).isTrue();
        assertThat(Long.parseLong(sizes.group(2))).isCloseTo(Long.parseLong(sizes.group(1)) / 2, within(1L));
    }
}
