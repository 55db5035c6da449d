package dev.tokencache.deploy;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Programs that the files of {@code deploy/} are made for or checked by, and the scripts among these files. */
final class ExternalTool {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    /** What became of a program. */
    record Result(int exit, String output, String errors) {}

    private ExternalTool() {}

    /** Skips the test where such a program is not installed; {@code .ci/run} installs it. */
    static void require(String program) {
        boolean isThere = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        assumeTrue(isThere, () -> "there is no " + program + " on this system");
    }

    static Result run(String... command) {
        return run(Map.of(), Arrays.asList(command));
    }

    /** Runs a program to its end. */
    static Result run(Map<String, String> environment, List<String> command) {
        try {
            Path output = Files.createTempFile("tool-", ".out");
            Path errors = Files.createTempFile("tool-", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
                builder.environment().putAll(environment);
                int exit = await(builder.start());
                return new Result(
                        exit,
                        Files.readString(output, StandardCharsets.UTF_8),
                        Files.readString(errors, StandardCharsets.UTF_8));
            } finally {
                Files.delete(output);
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int await(Process process) {
        try {
            if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("does not end: " + process.info());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            process.destroyForcibly();
        }
    }
}
