package dev.tokencache.deploy;

import dev.tokencache.testing.SystemPackage;
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

/** Runs external programs: tools that use or check the files of {@code deploy/}, and the scripts among these files. */
final class ExternalTool {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    /** The exit status and the output of a program. */
    record Result(int exit, String output, String errors) {}

    private ExternalTool() {}

    private static final Map<String, String> PACKAGES = Map.of(
            "kubectl", "kubernetes-client",
            "promtool", "prometheus",
            "systemd-analyze", "systemd");

    /** Skips or fails the test if this program is not on the path. See {@link SystemPackage}. */
    static void require(String program) {
        String found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElse("/usr/bin/" + program);
        SystemPackage.require(PACKAGES.getOrDefault(program, program), found);
    }

    static Result run(String... command) {
        return run(Map.of(), Arrays.asList(command));
    }

    /** Runs a program and waits until it exits. */
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
                throw new IllegalStateException("no exit within " + TIMEOUT + ": " + process.info());
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
