package dev.tokencache.operator.doctor.cli;

import com.sun.net.httpserver.HttpServer;
import dev.tokencache.cli.AdminApi;
import dev.tokencache.cli.Commands;
import dev.tokencache.operator.doctor.Checks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

import static org.assertj.core.api.Assertions.assertThat;

/** The command on files, and through a service with scripted replies. */
class DoctorCommandTest {

    private static final String PASSWORD = "the-redis-password";
    private static final String HASH = "5e".repeat(32);

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String conf = "";

    @BeforeEach
    void write() throws IOException {
        conf = Files.write(
                        folder.resolve("redis.conf"),
                        List.of(
                                "requirepass " + PASSWORD,
                                "masterauth another-" + PASSWORD,
                                "user alice on #" + HASH + " +@all",
                                "cluster-enabled yes",
                                "cluster-node-timeout 15000"))
                .toString();
    }

    private int run(String... arguments) {
        return Commands.in(new DoctorCommand(Checks.all(), () -> "no"))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void shouldPrintATableWithFixesAndCounts() {
        assertThat(run("--config", conf, "--only", "TC104,TC205")).isEqualTo(1);
        assertThat(out.toString())
                .contains("TC104  error   ")
                .contains("TC205 ")
                .contains("  fix     CONFIG SET cluster-node-timeout 2000")
                .contains("  url     docs/runbooks/doctor.md#tc205")
                .contains("error: 1 nodes, 2 checks; 1 errors, 1 warnings, 0 unknown");
    }

    @Test
    void shouldExitByTheThreshold() {
        assertThat(run("--config", conf, "--only", "TC205")).isZero();
        assertThat(run("--config", conf, "--only", "TC205", "--fail-on", "warn"))
                .isEqualTo(1);
        assertThat(run("--config", conf, "--skip", "TC104,TC102,TC101", "--only", "TC104"))
                .isZero();
    }

    @Test
    void shouldWriteJson() throws IOException {
        run("--config", conf, "-o", "json");

        assertThat(AdminApi.JSON.readTree(out.toString()).path("findings").findValuesAsText("code"))
                .contains("TC104", "TC205");
    }

    @Test
    void shouldWriteJunitXml() throws Exception {
        run("--config", conf, "-o", "junit", "--only", "TC104,TC206,TC303");

        Element suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(out.toString().getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
        assertThat(suite.getAttribute("tests")).isEqualTo("3");
        assertThat(suite.getAttribute("failures"))
                .isEqualTo(String.valueOf(suite.getElementsByTagName("failure").getLength()));
        assertThat(suite.getElementsByTagName("testcase").getLength()).isEqualTo(3);
    }

    @Test
    void shouldEscapeWhatXmlDoesNotAllow() throws Exception {
        var report = AdminApi.JSON.readTree("{\"checks\":[\"TC1\"],\"findings\":[{\"code\":\"TC1\",\"status\":\"warn\","
                + "\"title\":\"a<\\\"&\",\"subject\":\"\\u001b[31m\",\"evidence\":\"]]>\",\"fix\":\"\"}]}");

        assertThat(JUnitReport.of(report))
                .contains("message=\"a&lt;&quot;&amp;\"")
                .contains("[31m: ]]&gt;");
        assertThat(String.join("", DoctorTable.lines(report))).doesNotContain("\u001b[31m");
    }

    @Test
    void shouldNeverShowSecrets() throws IOException {
        Path bundle = folder.resolve("bundle.zip");
        for (String format : List.of("table", "json", "junit")) {
            run("--config", conf, "-o", format, "--bundle", bundle.toString());
        }
        StringBuilder all = new StringBuilder(out.toString()).append(err);
        List<String> names = new ArrayList<>();
        try (ZipFile zip = new ZipFile(bundle.toFile())) {
            for (var entry : zip.stream().toList()) {
                names.add(entry.getName());
                all.append(new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
            }
        }

        assertThat(names).containsExactly("report.json", "report.txt", "facts.json");
        assertThat(all.toString())
                .contains("cluster-node-timeout")
                .doesNotContain(PASSWORD)
                .doesNotContain(HASH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--only TC999 --config CONF",
                "--skip nonsense --config CONF",
                "--live --host 127.0.0.1:1",
                "--pre",
                "--host 127.0.0.1:1 --config CONF",
                "--host nowhere",
                "--config /nowhere/redis.conf",
                "--config CONF --fix",
                "--fail-on maybe",
                "-o yaml",
                "--host 127.0.0.1:1 --password-file /nowhere",
                "--host 127.0.0.1:1 --ca-file /nowhere"
            })
    void shouldRefuseInvalidArguments(String line) {
        assertThat(run(line.replace("CONF", conf).split(" "))).isEqualTo(2);
        assertThat(err.toString()).doesNotContain("Exception").startsWith("");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldReportThatNothingReplies() {
        assertThat(run("--host", "127.0.0.1:1")).isEqualTo(3);
        assertThat(err.toString()).contains("no node can be read: connection refused");
    }

    @Test
    void shouldAskARunningService() throws IOException {
        List<String> requests = new ArrayList<>();
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", exchange -> {
            requests.add(exchange.getRequestURI().toString());
            byte[] reply = ("{\"nodes\":6,\"status\":\"warn\",\"checks\":[\"TC201\"],\"findings\":[{\"code\":\"TC201\","
                            + "\"status\":\"unknown\",\"subject\":\"cluster\",\"title\":\"T\",\"evidence\":\"E\"}]}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, reply.length);
            exchange.getResponseBody().write(reply);
            exchange.close();
        });
        service.start();
        Path secret = Files.writeString(folder.resolve("secret"), "s");
        try {
            assertThat(run(
                            "--url=http://127.0.0.1:" + service.getAddress().getPort(),
                            "--caller=ops",
                            "--secret-file=" + secret,
                            "--only=TC201,TC202",
                            "--skip=TC202"))
                    .isZero();
        } finally {
            service.stop(0);
        }
        assertThat(requests).containsExactly("/v1/admin/doctor?only=TC201,TC202&skip=TC202");
        assertThat(out.toString()).contains("TC201  unknown cluster  T: E");
    }
}
