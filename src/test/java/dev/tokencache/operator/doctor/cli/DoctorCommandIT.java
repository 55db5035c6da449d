package dev.tokencache.operator.doctor.cli;

import dev.tokencache.cli.Commands;
import dev.tokencache.operator.doctor.Checks;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The command on the real cluster of the tests, whose {@code cluster-node-timeout} is a finding. */
class DoctorCommandIT {

    private static final TestCluster CLUSTER = RedisClusterResource.cluster();

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String answer, String password, String... arguments) throws IOException {
        Path file = Files.writeString(folder.resolve("password"), password);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--host=127.0.0.1:" + CLUSTER.nodes().get(0).port());
        all.add("--password-file=" + file);
        return Commands.in(new DoctorCommand(Checks.all(), () -> answer))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    @AfterEach
    void restore() throws IOException {
        for (TestNode node : CLUSTER.nodes()) {
            try (RespClient client = node.connect()) {
                client.send("CONFIG", "SET", "cluster-node-timeout", "5000");
            }
        }
        assertThat(out + "" + err).doesNotContain(CLUSTER.password());
    }

    private static List<String> timeouts() throws IOException {
        List<String> timeouts = new ArrayList<>();
        for (TestNode node : CLUSTER.nodes()) {
            try (RespClient client = node.connect()) {
                timeouts.add(RespClient.textOf(
                        client.list("CONFIG", "GET", "cluster-node-timeout").get(1)));
            }
        }
        return timeouts;
    }

    @Test
    void shouldFixAfterAYesAndPrintTheWayBack() throws IOException {
        assertThat(run("yes", CLUSTER.password(), "--only=TC205", "--fix", "--fail-on=warn"))
                .isEqualTo(1);

        assertThat(timeouts()).containsOnly("2000");
        assertThat(out.toString().lines().filter(line -> line.contains("done    redis-cli -h 127.0.0.1 -p ")))
                .hasSize(6);
        assertThat(out.toString().substring(out.toString().indexOf("To undo:")))
                .contains("CONFIG SET cluster-node-timeout '5000'");
        assertThat(run("", CLUSTER.password(), "--only=TC205", "--fail-on=warn"))
                .isZero();
    }

    @Test
    void shouldChangeNothingWithoutAYes() throws IOException {
        assertThat(run("y", CLUSTER.password(), "--only=TC205", "--fix")).isZero();

        assertThat(timeouts()).containsOnly("5000");
        assertThat(out.toString()).contains("Run them now? Type yes:").doesNotContain("To undo:");
    }

    @Test
    void shouldReportARefusedLogin() throws IOException {
        assertThat(run("", "not-the-password")).isEqualTo(4);
        assertThat(err.toString()).contains("no node can be read: wrong password or user (--password-file)");
    }
}
