package dev.tokencache.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.opentest4j.TestAbortedException;

/**
 * A Debian package that a test needs in addition to a JDK. Without it the test is skipped, and {@link
 * SkippedSystemTests} names the package at the end of the run. {@code -Dsystem-tests=required} fails the test instead,
 * {@code -Dsystem-tests=skip} skips it although the package is installed.
 */
public final class SystemPackage {

    private static final String MODE = System.getProperty("system-tests", "");

    /** Reported for a skipped test. */
    static final class Missing extends TestAbortedException {

        private final String name;

        Missing(String name, String reason) {
            super(reason);
            this.name = name;
        }

        String packageName() {
            return name;
        }
    }

    private SystemPackage() {}

    /** Skips or fails the test unless all these files of the package exist. */
    public static void require(String name, String... files) {
        List<String> missing = List.of(files).stream()
                .filter(file -> !Files.exists(Path.of(file)))
                .toList();
        if (missing.isEmpty() && !MODE.equals("skip")) {
            return;
        }
        String reason = missing.isEmpty()
                ? "skipped by -Dsystem-tests=skip; package=" + name
                : "a system package is not installed; package=" + name + " missing=" + missing;
        if (MODE.equals("required")) {
            throw new AssertionError(reason);
        }
        throw new Missing(name, reason);
    }
}
