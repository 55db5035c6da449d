package dev.tokencache.testing;

import dev.tokencache.devmode.EmbeddedCluster;
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
 * The packaged service as a process of its own, as an operator starts it: for tests of two services, of starts that must
 * fail, and of hard stops. Listens on free ports of 127.0.0.1; ends with the JVM at the latest.
 */
public final class ServiceProcess implements AutoCloseable {

    /** The caller of {@link #settings}. */
    public static final String CALLER = "service-process";

    /** Its secret. */
    public static final String SECRET = "the-secret-of-the-caller-of-all-service-processes";

    /**
     * A machine that is busy with something else may hold a node up for longer than a site would bear, and a replica that is
     * asked instead has no verdict on what is over.
     */
    public static final Map<String, String> PATIENCE = Map.of(
            "tokencache.redis.timeout", "5s",
            "tokencache.redis.command-timeout", "1s",
            "tokencache.redis.replica-read-after", "0s");

    private static final Duration START_TIMEOUT = Duration.ofSeconds(120);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    // Quarkus names the ports that it was given in its last line of the start.
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
     * What a service needs to work, with a caller that has every role, and more patience with nodes than it has by default.
     * Tests add to a copy, or take away.
     */
    public static Map<String, String> settings(EmbeddedCluster cluster) {
        Map<String, String> settings = defaults(cluster);
        settings.putAll(PATIENCE);
        return settings;
    }

    /** The same for tests of faults: with Redis, the service is as it is by default. */
    public static Map<String, String> defaults(EmbeddedCluster cluster) {
        Map<String, String> settings = new HashMap<>(callerAndKey());
        settings.put("quarkus.redis.hosts", cluster.hosts());
        settings.put("quarkus.redis.password", cluster.password());
        return settings;
    }

    /** The part of {@link #defaults} that does not say where Redis is. */
    public static Map<String, String> callerAndKey() {
        Map<String, String> settings = new HashMap<>(caller(CALLER, SECRET, "issue,validate,revoke,admin"));
        settings.put("tokencache.token.keys.k1", "dGhlIHRva2VuIGtleSBvZiBhbGwgc2VydmljZSBwcm9jZXNzZXM=");
        settings.put("tokencache.token.active-key", "k1");
        return Map.copyOf(settings);
    }

    /** The settings of one more caller. */
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
        return launch(new ProcessBuilder(command(properties)));
    }

    /** Starts a service in another way, which must say where it listens, and does not wait. */
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

    private static List<String> command(Map<String, String> properties) {
        List<String> options = new ArrayList<>(List.of(
                "-Xmx256m",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=0",
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=0"));
        properties.forEach((name, value) -> options.add("-D" + name + "=" + value));
        return ServiceProgram.command(options);
    }

    /** Waits until the API listens and every start-up check is passed. */
    public void awaitStarted() {
        await("the start of the service").atMost(START_TIMEOUT).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("the service ended with " + process.exitValue() + ":\n" + output());
            }
            return API.matcher(output()).find();
        });
    }

    /** Where the API is, such as {@code http://127.0.0.1:40123}. */
    public URI baseUri() {
        return find(API);
    }

    /** Where the API is over TLS, if there is a certificate and {@code quarkus.http.ssl-port} is set. */
    public URI tlsUri() {
        return find(TLS_API);
    }

    /** Where health and metrics are. */
    public URI managementUri() {
        return find(MANAGEMENT);
    }

    private URI find(Pattern pattern) {
        Matcher matcher = pattern.matcher(output());
        if (!matcher.find()) {
            throw new IllegalStateException("the service does not say where it listens:\n" + output());
        }
        return URI.create(matcher.group(1));
    }

    /** All that it wrote so far. */
    public String output() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its id, for signals. */
    public long processId() {
        return process.pid();
    }

    /** Asks it to end ({@code SIGTERM}) and does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** Asks it to end ({@code SIGTERM}) and waits; returns its exit code. */
    public int stop() {
        terminate();
        return awaitExit(STOP_TIMEOUT);
    }

    /** Kills it ({@code SIGKILL}) and waits; returns its exit code. */
    public int kill9() {
        process.destroyForcibly();
        return awaitExit(STOP_TIMEOUT);
    }

    /** Waits until it ends by itself; returns its exit code. */
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

    /** Kills it if it still runs. */
    @Override
    public void close() {
        kill9();
    }
}
