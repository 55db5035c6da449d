package dev.tokencache.testing;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Counts the tests that were skipped because a system package is missing. Each test process appends to one file; {@link
 * #main} prints the sum at the end of the build.
 */
public final class SkippedSystemTests implements TestExecutionListener {

    private static final Path FILE = Path.of("target", "skipped-system-tests.txt");

    private TestPlan plan;

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = started;
    }

    @Override
    public void executionFinished(TestIdentifier finished, TestExecutionResult result) {
        if (result.getStatus() == Status.ABORTED) {
            result.getThrowable()
                    .flatMap(SystemPackage::missingFor)
                    .ifPresent(name -> append(name + " " + Math.max(1, countTests(finished)) + "\n"));
        }
    }

    private long countTests(TestIdentifier skipped) {
        return skipped.isTest()
                ? 1
                : plan.getDescendants(skipped).stream()
                        .filter(TestIdentifier::isTest)
                        .count();
    }

    private static void append(String line) {
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Prints how many tests were skipped, and for which packages. Run by the build, after all tests. */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        if (!Files.exists(FILE)) {
            out.println("No test was skipped for a missing system package.");
            return;
        }
        Map<String, Long> byPackage = new TreeMap<>();
        for (String line : Files.readAllLines(FILE)) {
            String[] parts = line.split(" ");
            byPackage.merge(parts[0], Long.parseLong(parts[1]), Long::sum);
        }
        long all = byPackage.values().stream().mapToLong(Long::longValue).sum();
        out.println("Skipped for missing system packages: " + all + " tests. Install to run them: " + byPackage);
    }
}
