package dev.tokencache.testing.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A shell process that kills the servers of a cluster when this JVM ends, even if the JVM is killed.
 *
 * <p>A shutdown hook does not run in a killed JVM, and in dev mode the first reload closes its class loader.
 */
final class Watchdog {

    /** Blocks on standard input, which ends with the JVM. Ignores the signals of a closed terminal. */
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            read -r never
            cd "$1" || exit
            for process in */%1$s; do kill -9 "$(cut -d ' ' -f 1 "$process")"; done
            rm -rf "$1"
            """.formatted(ProcessFile.NAME);

    private Watchdog() {}

    static void watch(Path folder) {
        try {
            Process watchdog = new ProcessBuilder("sh", "-c", SCRIPT, "watchdog", folder.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            file(folder).save(watchdog);
            holdOn(watchdog);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void dismiss(Path folder) {
        file(folder).handle().ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Keeps the process reachable: its pipe would be closed on garbage collection. */
    private static void holdOn(Process watchdog) {
        Thread holder = new Thread(
                () -> {
                    try {
                        watchdog.waitFor();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "embedded-cluster-watchdog");
        holder.setDaemon(true);
        holder.start();
    }

    private static ProcessFile file(Path folder) {
        return new ProcessFile(folder.resolve("watchdog"));
    }
}
