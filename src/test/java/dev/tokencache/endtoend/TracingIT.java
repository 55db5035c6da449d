package dev.tokencache.endtoend;

import com.sun.net.httpserver.HttpServer;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.TestCluster;
import io.restassured.RestAssured;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Tracing, which is in the package only if it was built with {@code -Dtracing}. */
class TracingIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

    private static boolean hasTracing() throws IOException {
        Path libraries = Path.of(System.getProperty("tokencache.jar")).resolveSibling("lib/main");
        try (Stream<Path> files = Files.list(libraries)) {
            return files.anyMatch(file -> file.getFileName().toString().contains("opentelemetry"));
        }
    }

    @Test
    void shouldNotBeInThePackageByDefault() throws IOException {
        boolean wasAskedFor = System.getProperty("tracing") != null;

        assertThat(hasTracing()).isEqualTo(wasAskedFor);
    }

    @Test
    void shouldContinueTheTraceOfTheWebServer() throws IOException {
        assumeTrue(hasTracing(), "the package was built without -Dtracing");
        TestCluster cluster = RedisClusterResource.cluster();
        cluster.heal();
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        HttpServer collector = collector(exported);
        Map<String, String> settings = ServiceProcess.settings(cluster);
        settings.put(
                "quarkus.otel.exporter.otlp.endpoint",
                "http://127.0.0.1:" + collector.getAddress().getPort());
        settings.put("quarkus.otel.exporter.otlp.protocol", "http/protobuf");
        settings.put("quarkus.otel.bsp.schedule.delay", "100ms");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            String token = ServiceApi.of(service).tokenFor("traced");

            RestAssured.given()
                    .baseUri(service.baseUri().toString())
                    .header("traceparent", PARENT)
                    .header("Authorization", "Bearer " + token)
                    .get("/v1/auth")
                    .then()
                    .statusCode(200);

            String trace = new String(HexFormat.of().parseHex(TRACE), StandardCharsets.ISO_8859_1);
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            exported.toString(StandardCharsets.ISO_8859_1))
                    .contains(trace, "/v1/auth", "db.system", "hmget"));
            assertThat(exported.toString(StandardCharsets.ISO_8859_1))
                    .doesNotContain(token, ServiceProcess.SECRET, cluster.password());
        } finally {
            collector.stop(0);
        }
    }

    /** Receives spans by OTLP over HTTP and stores their bytes. */
    private static HttpServer collector(ByteArrayOutputStream exported) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            synchronized (exported) {
                exchange.getRequestBody().transferTo(exported);
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }
}
