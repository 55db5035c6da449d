package dev.tokencache.migration.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tokencache.cli.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

/** The commands against a service with scripted replies. */
class CommandsTest {

    private static final String STATUS = "{\"phase\":\"ramp\",\"read_percent\":25,\"mirror_percent\":10,"
            + "\"since\":1800000000,\"by\":\"ops\",\"comparisons\":12345,"
            + "\"mismatches\":{\"other_claims\":2,\"other_expiry\":0},\"errors\":{\"legacy\":1,\"cluster\":0},"
            + "\"backfill\":{\"status\":\"complete\",\"run\":1,\"started_at\":1800000000,\"keys_per_second\":0,"
            + "\"estimated_keys\":10,\"scanned\":10,\"copied\":9,\"present\":1,\"skipped\":0,\"failed\":0},"
            + "\"may_advance\":{\"ok\":false,\"reasons\":[\"too few\"]}}";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> requests = new ArrayList<>();
    private HttpServer server;
    private int status = 200;
    private String body = STATUS;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + asked
                + exchange.getRequestHeaders().getFirst("Authorization"));
        boolean isBackfill = exchange.getRequestURI().getPath().endsWith("/backfill");
        byte[] bytes = (isBackfill && status == 200 ? "{\"status\":\"idle\",\"run\":0}" : body)
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--url", "http://127.0.0.1:" + server.getAddress().getPort() + "/", "--caller", "ops"));
        CommandLine line = Commands.in(new MigrateCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        return line.execute(all.toArray(String[]::new));
    }

    private int runWithSecret(String... arguments) throws IOException {
        java.nio.file.Path secret = java.nio.file.Files.createTempFile("secret", "");
        java.nio.file.Files.writeString(secret, "the secret\n");
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--secret-file", secret.toString()));
        try {
            return run(all.toArray(String[]::new));
        } finally {
            java.nio.file.Files.delete(secret);
        }
    }

    @Test
    void shouldShowTheStatus() throws IOException {
        assertThat(runWithSecret("status")).isZero();
        assertThat(requests).containsExactly("GET /v1/admin/migration Basic b3BzOnRoZSBzZWNyZXQ=");
        assertThat(out.toString())
                .contains("ramp, 25 % of the tokens read from the cluster, 10 % of the validations compared")
                .contains("12,345")
                .contains("other claims        2")
                .contains("- too few")
                .doesNotContain("other expiry");
    }

    @Test
    void shouldChangeTheState() throws IOException {
        assertThat(runWithSecret("set", "ramp", "--read-percent", "25", "--force"))
                .isZero();
        assertThat(requests.get(0))
                .startsWith("PUT /v1/admin/migration {\"phase\":\"ramp\",\"read_percent\":25,\"force\":true}");
    }

    @Test
    void shouldPrintEachReasonOfARefusal() throws IOException {
        status = 409;
        body = "{\"title\":\"Not now\",\"detail\":\"a; b\",\"reasons\":[\"a\",\"b\"]}";
        assertThat(runWithSecret("set", "done")).isEqualTo(1);
        assertThat(err.toString()).contains("Not now", "  - a", "  - b");
    }

    @Test
    void shouldReportFailuresByExitCode() throws IOException {
        body = "{\"title\":\"x\"}";
        status = 401;
        assertThat(runWithSecret("status")).isEqualTo(4);
        status = 403;
        assertThat(runWithSecret("status")).isEqualTo(4);
        status = 400;
        assertThat(runWithSecret("status")).isEqualTo(2);
        status = 503;
        assertThat(runWithSecret("status")).isEqualTo(3);
        server.stop(0);
        assertThat(runWithSecret("status")).isEqualTo(3);
        assertThat(err.toString()).doesNotContain("the secret").doesNotContain("Exception");
    }

    @Test
    void shouldRejectInvalidArguments() throws IOException {
        assertThat(runWithSecret("set")).isEqualTo(2);
        assertThat(runWithSecret("set", "ramp", "--read-percent", "many")).isEqualTo(2);
        assertThat(runWithSecret("frobnicate")).isEqualTo(2);
        assertThat(runWithSecret("verify", "--sample", "5", "--all")).isEqualTo(2);
        assertThat(runWithSecret("verify", "--sample", "0")).isEqualTo(2);
        assertThat(run("status", "--secret-file", "/nowhere/at/all")).isEqualTo(2);
        assertThat(requests).isEmpty();
    }

    @Test
    void shouldStartABackfillAndMonitorIt() throws IOException {
        assertThat(runWithSecret("backfill", "--keys-per-second", "500")).isZero();
        assertThat(requests.get(1))
                .startsWith("POST /v1/admin/migration/backfill {\"action\":\"start\",\"keys_per_second\":500}");
        assertThat(out.toString()).contains("backfill complete 100%", "10/10", "mismatches 2", "complete, run 1");
    }

    @Test
    void shouldExitWithOneIfABackfillHasFailures() throws IOException {
        body = STATUS.replace("\"failed\":0", "\"failed\":3");
        assertThat(runWithSecret("backfill", "watch")).isEqualTo(1);
        assertThat(requests).noneMatch(request -> request.startsWith("POST"));
    }
}
