package dev.tokencache.deploy;

import dev.tokencache.devmode.ClusterSpec;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.TestCertificate;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** All that is around a web server: Redis, token-cache, the wires to it, and the application behind. */
final class Site implements AutoCloseable {

    /** A caller for web servers that must name themselves, with a secret that has to be encoded on its way. */
    static final String CALLER = "web-server";

    static final String SECRET = "secret+of/the=web%server&co:1";

    private final Path folder;
    private final TestCertificate certificate;
    private final TestCluster redis;
    private final ServiceProcess service;
    private final Wire wire;
    private final Wire tlsWire;
    private final Application application = Application.start();
    private final int port;

    private Site(Path folder) {
        this.folder = folder;
        this.certificate = TestCertificate.create(folder);
        this.redis = TestCluster.start(ClusterSpec.ofSixNodes("web").withNodes(1, 0));
        this.service = ServiceProcess.start(settings());
        this.wire = Wire.to(service.baseUri().getPort());
        this.tlsWire = Wire.to(service.tlsUri().getPort());
        // At the end: whoever listens next would be given it.
        this.port = freePort();
    }

    static Site start() {
        try {
            // Workers of web servers run as somebody else if the test runs as root, and have to find their files.
            Path folder = Files.createTempDirectory("token-cache-web-");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            return new Site(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(ServiceProcess.defaults(redis));
        settings.putAll(ServiceProcess.caller(CALLER, SECRET, "validate"));
        settings.put(
                "quarkus.tls.api.key-store.pem.0.cert",
                certificate.certificate().toString());
        settings.put("quarkus.tls.api.key-store.pem.0.key", certificate.key().toString());
        settings.put("quarkus.http.tls-configuration-name", "api");
        settings.put("quarkus.http.ssl-port", "0");
        settings.put("tokencache.breaker.delay", "1s");
        return settings;
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the web server has its files; everybody may read it. */
    Path folder() {
        return folder;
    }

    /** Where the web server should listen. */
    int port() {
        return port;
    }

    /** {@code localhost}'s, and its own authority. */
    Path certificate() {
        return certificate.certificate();
    }

    ServiceApi api() {
        return ServiceApi.of(service);
    }

    Application application() {
        return application;
    }

    /** The web server's way to token-cache. */
    Wire wire() {
        return wire;
    }

    /** The same to its port for TLS. */
    Wire tlsWire() {
        return tlsWire;
    }

    /** Nothing that is asked of Redis is answered any more, until {@link #heal}. */
    void suspendRedis() {
        redis.nodes().forEach(TestNode::suspend);
    }

    /** Makes all as it was: with the tokens, and the connections. */
    void heal() {
        redis.heal();
        wire.mend();
        tlsWire.mend();
    }

    @Override
    public void close() {
        wire.close();
        tlsWire.close();
        service.close();
        redis.close();
        application.close();
        delete(folder);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
