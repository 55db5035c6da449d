package dev.tokencache.ops;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.ServiceProgram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The native executable collects garbage after reading its configuration, and while it is idle. */
class IdleHeapNativeIT {

    /** A line that the native collector logs. */
    private static final String ASKED_FOR = "(java.lang.System.gc())";

    @Test
    void shouldCollectWhileIdle() {
        List<String> options = new ArrayList<>(List.of(
                "-XX:+PrintGC",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=0",
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=0"));
        ServiceProcess.settings(RedisClusterResource.cluster())
                .forEach((name, value) -> options.add("-D" + name + "=" + value));

        try (ServiceProcess service = ServiceProcess.launch(new ProcessBuilder(ServiceProgram.command(options)))) {
            Awaitility.await("a collection at the start, and one later")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> collections(service) >= 2);
        }
    }

    private static long collections(ServiceProcess service) {
        return service.output().lines().filter(line -> line.contains(ASKED_FOR)).count();
    }
}
