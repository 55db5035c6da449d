package dev.tokencache.testing;

import dev.tokencache.testing.cluster.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.awaitility.Awaitility.await;

/**
 * The packaged service as a separate process, for tests of several instances, of refused starts and of kills. It listens on free
 * ports of 127.0.0.1, and is killed when the JVM ends.
 */
public final class ServiceProcess implements AutoCloseable {

    /** The caller of {@link #settings}. */
    public static final String CALLER = "service-process";

    /** The secret of {@link #CALLER}. */
    public static final String SECRET = "the-secret-of-the-caller-of-all-service-processes";

    /**
     * Longer node timeouts: a busy machine may delay a node longer than a site would accept, and the replica that is then read
     * cannot report a token inactive.
     */
    public static final Map<String, String> PATIENCE = Map.of(
            "tokencache.redis.timeout", "5s",
            "tokencache.redis.command-timeout", "1s",
            "tokencache.redis.replica-read-after", "0s");

    private static final Duration START_TIMEOUT = Duration.ofSeconds(120);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    // Quarkus logs the ports in the last line of its start.
    private static final Pattern API = Pattern.compile("Listening on: (http://[0-9.]+:\\d+)");
    private static final Pattern TLS_API = Pattern.compile("Listening on: .*(https://[0-9.]+:\\d+)");
    private static final Pattern MANAGEMENT =
            Pattern.compile("[Mm]anagement interface listening on (http://[0-9.]+:\\d+)");

    private final Process process;
    private final Path log;

    private ServiceProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * The required settings, with a caller that has every role, and with longer node timeouts than the defaults. Tests modify
     * a copy.
     */
    public static Map<String, String> settings(TestCluster cluster) {
        Map<String, String> settings = defaults(cluster);
        settings.putAll(PATIENCE);
        return settings;
    }

    /** As {@link #settings}, with the default node timeouts, for tests of faults. */
    public static Map<String, String> defaults(TestCluster cluster) {
        Map<String, String> settings = new HashMap<>(callerAndKey());
        settings.put("quarkus.redis.hosts", cluster.hosts());
        settings.put("quarkus.redis.password", cluster.password());
        return settings;
    }

    /** The part of {@link #defaults} without the settings of Redis. */
    public static Map<String, String> callerAndKey() {
        Map<String, String> settings = new HashMap<>(caller(CALLER, SECRET, "issue,validate,revoke,admin"));
        settings.put("tokencache.token.keys.k1", "dGhlIHRva2VuIGtleSBvZiBhbGwgc2VydmljZSBwcm9jZXNzZXM=");
        settings.put("tokencache.token.active-key", "k1");
        return Map.copyOf(settings);
    }

    /** The settings of an additional caller. */
    public static Map<String, String> caller(String id, String secret, String roles) {
        String caller = "tokencache.callers." + id;
        return Map.of(caller + ".secret-sha256", sha256(secret), caller + ".roles", roles);
    }

    private static String sha256(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts a service with these configuration properties and waits until it has started. */
    public static ServiceProcess start(Map<String, String> properties) {
        ServiceProcess service = launch(properties);
        try {
            service.awaitStarted();
            return service;
        } catch (RuntimeException | Error e) {
            service.close();
            throw e;
        }
    }

    /** Starts a service with these configuration properties and does not wait. */
    public static ServiceProcess launch(Map<String, String> properties) {
        return launch(new ProcessBuilder(ServiceProgram.command(options(properties))));
    }

    /** Starts a service with another command, and does not wait. Its output must name its ports. */
    public static ServiceProcess launch(ProcessBuilder builder) {
        try {
            Path log = Files.createTempFile("token-cache-service-", ".log");
            log.toFile().deleteOnExit();
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new ServiceProcess(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The JVM options of a service with these configuration properties. */
    static List<String> options(Map<String, String> properties) {
        List<String> options = new ArrayList<>(List.of(
                "-Xmx256m",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=0",
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=0",
                // Tests do not wait for the compilers; a later option of the same name takes precedence.
                "-Dtokencache.warm-up.max=0s"));
        properties.forEach((name, value) -> options.add("-D" + name + "=" + value));
        return options;
    }

    /** Waits until the API listens and the start-up checks have passed. */
    public void awaitStarted() {
        await("the start of the service").atMost(START_TIMEOUT).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("the service ended with " + process.exitValue() + ":\n" + output());
            }
            return API.matcher(output()).find();
        });
    }

    /** The URL of the API, such as {@code http://127.0.0.1:40123}. */
    public URI baseUri() {
        return find(API);
    }

    /** The URL of the API over TLS, if a certificate and {@code quarkus.http.ssl-port} are configured. */
    public URI tlsUri() {
        return find(TLS_API);
    }

    /** The URL of health and metrics. */
    public URI managementUri() {
        return find(MANAGEMENT);
    }

    private URI find(Pattern pattern) {
        Matcher matcher = pattern.matcher(output());
        if (!matcher.find()) {
            throw new IllegalStateException("the output of the service does not name its ports:\n" + output());
        }
        return URI.create(matcher.group(1));
    }

    /** The output so far. */
    public String output() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the process is alive. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** The process id, for signals. */
    public long processId() {
        return process.pid();
    }

    /** Sends {@code SIGTERM} and does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** Sends {@code SIGTERM} and waits for the exit code. */
    public int stop() {
        terminate();
        return awaitExit(STOP_TIMEOUT);
    }

    /** Kills the process ({@code SIGKILL}) and waits for the exit code. */
    public int kill9() {
        process.destroyForcibly();
        return awaitExit(STOP_TIMEOUT);
    }

    /** Waits until the process ends, and returns its exit code. */
    public int awaitExit(Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the service does not end:\n" + output());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Kills the process if it is alive. */
    @Override
    public void close() {
        kill9();
    }
}
