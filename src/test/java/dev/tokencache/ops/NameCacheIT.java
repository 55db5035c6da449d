package dev.tokencache.ops;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** In a JVM of its own, because the JDK reads its settings at the first lookup. */
class NameCacheIT {

    private static final String NAME = "redis.example";
    /** Shorter than the defaults of the JDK: 10 seconds for a missing name, 30 for a found one. */
    private static final Duration SOON = Duration.ofSeconds(8);

    @TempDir
    Path folder;

    @Test
    void shouldFindTheNewAddressOfANameSoon() throws IOException {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.9 localhost\n");
        Process lookups = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djdk.net.hosts.file=" + hosts,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Lookups.class.getName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader changes = lookups.inputReader()) {
            assertThat(changes.readLine()).isEqualTo("unknown");
            for (String address : new String[] {"127.0.0.1", "127.0.0.2"}) {
                Files.writeString(hosts, address + " " + NAME + "\n");
                long start = System.nanoTime();
                assertThat(changes.readLine()).isEqualTo(address);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
            }
        } finally {
            lookups.destroyForcibly();
        }
    }

    /** Prints each change of the address of {@link #NAME}. */
    static final class Lookups {

        private Lookups() {}

        public static void main(String... arguments) throws InterruptedException {
            NameCache.limit();
            String last = "";
            while (true) {
                String address = address();
                if (!address.equals(last)) {
                    System.out.println(address);
                    last = address;
                }
                Thread.sleep(50);
            }
        }

        private static String address() {
            try {
                return InetAddress.getByName(NAME).getHostAddress();
            } catch (UnknownHostException missing) {
                return "unknown";
            }
        }
    }
}
