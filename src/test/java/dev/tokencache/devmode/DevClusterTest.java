package dev.tokencache.devmode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DevClusterTest {

    private static final String ANSWER =
            "{\"token\":\"tc1_abc-_9\",\"jti\":\"x\",\"sub\":\"alice\",\"token_type\":\"Bearer\"}";

    @Test
    void shouldGiveLinesThatWorkInAShell() throws Exception {
        // A curl that shows what it was asked, and answers a create.
        String curl = "curl() { echo \"curl $*\" >&2; case $* in */v1/tokens) echo '" + ANSWER + "';; esac; }\n";

        List<String> output = shell(curl + commands());

        assertThat(output)
                .containsExactly(
                        "curl -s -u dev:dev -H Content-Type: application/json -d {\"sub\":\"alice\"} http://localhost:8123/v1/tokens",
                        "tc1_abc-_9",
                        "curl -i -H Authorization: Bearer tc1_abc-_9 http://localhost:8123/v1/auth",
                        "curl -i -u dev:dev -H Content-Type: application/json -d {\"token\":\"tc1_abc-_9\"} http://localhost:8123/v1/tokens/expire");
    }

    private static String commands() {
        String text = DevCluster.greeting(8123);
        return text.substring(text.indexOf("token="));
    }

    private static List<String> shell(String script) throws IOException {
        Process shell =
                new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
        return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
