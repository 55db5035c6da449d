package dev.tokencache.operator.capacity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokencache.cli.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

class CapacityCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    private int run(String arguments) {
        CommandLine line = Commands.in(new CapacityCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(errors, true));
        return line.execute(arguments.split(" "));
    }

    private JsonNode sizing(String arguments) throws IOException {
        assertThat(run(arguments + " --json")).isZero();
        return new ObjectMapper().readTree(out.toString());
    }

    /** The example in docs/scaling.md is the output of the command that is shown there. */
    @Test
    void shouldPrintWhatThePageShows() throws IOException {
        String page = Files.readString(Path.of("docs/scaling.md"));
        String command = page.lines()
                .filter(line -> line.startsWith("$ java -jar quarkus-run.jar capacity "))
                .findFirst()
                .orElseThrow();

        int exit = run(command.substring("$ java -jar quarkus-run.jar capacity ".length()));

        assertThat(exit).isZero();
        assertThat(page).contains(command + "\n" + out);
    }

    /** The costs are those that the page says were measured. */
    @Test
    void shouldComputeWithTheMeasuredCosts() throws IOException {
        String page = Files.readString(Path.of("docs/scaling.md"));

        JsonNode busy = sizing("--validations 1000000 --logins 0");

        assertThat(page).contains("| `GET /v1/auth` | 18.0 | 3.8 |", "| `POST /v1/tokens` (a login) | 62.6 | 29.7 |");
        assertThat(busy.path("service_cores").asDouble()).isEqualTo(18.0);
        assertThat(busy.path("master_cores").asDouble()).isEqualTo(3.8);
    }

    @ParameterizedTest
    @CsvSource({
        // The minimum that survives the loss of one.
        "--validations 10 --logins 1, 3, 3",
        // Half of 36 cores carries a million validations twice.
        "--validations 1000000 --logins 0, 18, 8",
        "--validations 1000000 --logins 0 --slowness 2, 36, 16",
        "--validations 1000000 --logins 0 --cores 8, 5, 8",
        // 100 million tokens of 271 bytes in nodes of 8 GB, of which 60 % may be used.
        "--validations 0 --logins 60000 --lifetime 100000s, 3, 6",
        "--validations 0 --logins 60000 --lifetime 100000s --claims 64, 3, 9",
        "--validations 0 --logins 60000 --lifetime 100000s --node-memory 64, 3, 3"
    })
    void shouldDeployEnough(String arguments, int instances, int masters) throws IOException {
        JsonNode sizing = sizing(arguments);

        assertThat(sizing.path("instances").asInt()).isEqualTo(instances);
        assertThat(sizing.path("masters").asInt()).isEqualTo(masters);
    }

    @Test
    void shouldNeverNeedLessForMore() throws IOException {
        double[] before = new double[5];
        for (int factor = 1; factor < 1_000_000; factor *= 10) {
            out.getBuffer().setLength(0);
            JsonNode sizing = sizing(String.format(Locale.ROOT, "--validations %d --logins %d", 10 * factor, factor));
            double[] now = Stream.of("service_cores", "master_bytes", "instances", "masters", "connections_per_node")
                    .mapToDouble(name -> sizing.path(name).asDouble())
                    .toArray();
            for (int i = 0; i < now.length; i++) {
                assertThat(now[i]).isGreaterThanOrEqualTo(before[i]);
            }
            before = now;
        }
    }

    @Test
    void shouldCountConnectionsAsDoctorDoes() throws IOException {
        // Three instances with four event loops of two connections each, and one for revocations.
        JsonNode sizing = sizing("--validations 10 --logins 1 --near-cache");

        assertThat(sizing.path("connections_per_node").asInt()).isEqualTo(3 * (4 * 2 + 1));
    }

    @ParameterizedTest
    @CsvSource({
        "--validations -1 --logins 1, --validations must be from 0 to 1000000000",
        "--validations NaN --logins 1, --validations must be from 0 to 1000000000",
        "--validations 1 --logins 1 --cores 0, --cores must be from 1 to 1024",
        "--validations 1 --logins 1 --lifetime 8, '--lifetime must be like 30m, 8h or 14d'",
        "--validations 1 --logins 1 --lifetime -8h, --lifetime in seconds must be from 1 to 316224000",
        "--validations 1 --logins 1 --slowness 0, --slowness must be from 0.01 to 100",
        "--validations 1, Missing required option: '--logins=<n>'"
    })
    void shouldNameABadOption(String arguments, String message) {
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(errors.toString()).contains(message.replace("''", "'"));
    }
}
