package dev.tokencache.devmode;

import io.vertx.core.net.HostAndPort;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConsoleDoorTest {

    @ParameterizedTest
    @CsvSource({
        "localhost:8080, http://localhost:9000/console/",
        "dev.example,    http://dev.example:9000/console/",
        "127.0.0.1:80,   http://127.0.0.1:9000/console/",
        "[::1]:8080,     http://[::1]:9000/console/",
        "[::1],          http://[::1]:9000/console/",
        ",               http://localhost:9000/console/",
    })
    void shouldKeepTheNameThatTheBrowserUses(@Nullable String host, String console) {
        assertThat(ConsoleDoor.console(host == null ? null : HostAndPort.parseAuthority(host, -1), 9000))
                .isEqualTo(console);
    }
}
