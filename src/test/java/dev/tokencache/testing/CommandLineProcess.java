package dev.tokencache.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the packaged command line as a separate process, without a terminal. */
public final class CommandLineProcess {

    private static final long TIMEOUT_SECONDS = 120;

    private CommandLineProcess() {}

    /**
     * The result of a command.
     *
     * @param output its standard output and error
     */
    public record Ended(int exitCode, String output) {}

    /** Runs a command as the caller of {@link ServiceProcess}. */
    public static Ended run(ServiceProcess service, String... arguments) {
        return run(
                Map.of(
                        "TOKENCACHE_URL", service.baseUri().toString(),
                        "TOKENCACHE_CALLER", ServiceProcess.CALLER,
                        "TOKENCACHE_SECRET", ServiceProcess.SECRET),
                arguments);
    }

    /** Runs a command and waits until it ends. */
    public static Ended run(Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(ServiceProgram.command(List.of()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("the command does not end:\n" + output);
            }
            return new Ended(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
