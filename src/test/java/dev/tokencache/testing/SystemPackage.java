package dev.tokencache.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.opentest4j.TestAbortedException;

/**
 * A Debian package that a test needs in addition to a JDK. Without it the test is skipped, and {@link
 * SkippedSystemTests} names the package at the end of the run. {@code -Dsystem-tests=required} fails the test instead,
 * {@code -Dsystem-tests=skip} skips it although the package is installed.
 */
public final class SystemPackage {

    private static final String MODE = System.getProperty("system-tests", "");

    private static final Pattern NAME = Pattern.compile("; package=(\\S+)");

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
        refuse(reason);
    }

    /** Skips or fails the test unless a check of the package has succeeded. */
    public static void require(String name, boolean isUsable, String output) {
        if (!isUsable) {
            refuse("a system package cannot be used; package=" + name + " output=" + output);
        }
    }

    private static void refuse(String reason) {
        if (isRequired()) {
            throw new AssertionError(reason);
        }
        throw new TestAbortedException(reason);
    }

    /** Whether a missing package fails the test. */
    public static boolean isRequired() {
        return MODE.equals("required");
    }

    /**
     * Skips the test unless {@code src/test/clients/build} has made all these files. With {@code -Dsystem-tests=required} the
     * test fails instead, except with {@code -Dclients=skip}: a build machine may not reach the registry of Node's packages.
     */
    public static void requireClient(String... files) {
        if (System.getProperty("clients", "").equals("skip")) {
            throw new TestAbortedException("skipped by -Dclients=skip; package=src/test/clients/build");
        }
        require("src/test/clients/build", files);
    }

    /** The package that a skipped test needs. By the message, since Quarkus' tests have a class loader of their own. */
    static Optional<String> missingFor(Throwable skipped) {
        Matcher name = NAME.matcher(String.valueOf(skipped.getMessage()));
        return name.find() ? Optional.of(name.group(1)) : Optional.empty();
    }
}
