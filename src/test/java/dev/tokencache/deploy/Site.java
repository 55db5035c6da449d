package dev.tokencache.deploy;

import dev.tokencache.identity.IdentityKeys;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.TestCertificate;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.TcpFaultProxy;
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

/** The environment of a web server under test: Redis, token-cache, the proxies in front of it, and the application. */
final class Site implements AutoCloseable {

    /** A caller for web servers that must authenticate, with a secret that must be encoded in a request. */
    static final String CALLER = "web-server";

    static final String SECRET = "secret+of/the=web%server&co:1";

    private final Path folder;
    private final TestCertificate certificate;
    private final TestCluster redis;
    private final ServiceProcess service;
    private final TcpFaultProxy proxy;
    private final TcpFaultProxy tlsProxy;
    private final Application application = Application.start();
    private final int port;

    private Site(Path folder) {
        this.folder = folder;
        this.certificate = TestCertificate.create(folder);
        this.redis = TestCluster.start(ClusterSpec.ofSixNodes("web").withNodes(1, 0));
        this.service = ServiceProcess.start(settings());
        this.proxy = TcpFaultProxy.to(service.baseUri().getPort());
        this.tlsProxy = TcpFaultProxy.to(service.tlsUri().getPort());
        // Last, because the next server that listens could get the same port.
        this.port = freePort();
    }

    static Site start() {
        try {
            // If the test runs as root, the workers of a web server run as another user and must be able to read this.
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
        settings.putAll(IdentityKeys.configuration());
        settings.put("tokencache.breaker.delay", "1s");
        settings.put("tokencache.near-cache.max-age", "1S");
        settings.put("tokencache.near-cache.stale-if-error", "10M");
        return settings;
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder of the web server's files, readable by every user. */
    Path folder() {
        return folder;
    }

    /** The port for the web server. */
    int port() {
        return port;
    }

    /** The self-signed certificate of {@code localhost}. */
    Path certificate() {
        return certificate.certificate();
    }

    ServiceApi api() {
        return ServiceApi.of(service);
    }

    Application application() {
        return application;
    }

    /** The web server's connection to token-cache. */
    TcpFaultProxy proxy() {
        return proxy;
    }

    /** The web server's connection to the TLS port of token-cache. */
    TcpFaultProxy tlsProxy() {
        return tlsProxy;
    }

    /** Suspends Redis, so it answers nothing until {@link #heal}. */
    void suspendRedis() {
        redis.nodes().forEach(TestNode::suspend);
    }

    /** Resumes Redis and mends the proxies. Tokens are kept. */
    void heal() {
        redis.heal();
        proxy.mend();
        tlsProxy.mend();
    }

    @Override
    public void close() {
        proxy.close();
        tlsProxy.close();
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
