package dev.tokencache.identity;

import dev.tokencache.identity.IdentityKeys.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class IdentitySettingsTest {

    private static final Optional<String> ISSUER = Optional.of("https://tokens.example");
    private static final Settings VALID = Settings.signingWith("ec");
    private static final Settings OFF =
            new Settings(Map.of(), Optional.empty(), Optional.empty(), Duration.ofSeconds(60));

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(Settings.signingWith("other"), ISSUER, "tokencache.identity.active-key"),
                Arguments.of(VALID.withAudience(Optional.empty()), ISSUER, "tokencache.identity.audience"),
                Arguments.of(VALID.withLifetime(Duration.ofSeconds(1)), ISSUER, "tokencache.identity.lifetime"),
                Arguments.of(VALID.withLifetime(Duration.ofHours(2)), ISSUER, "tokencache.identity.lifetime"),
                Arguments.of(VALID.withKeys(Map.of("ec", "x")), ISSUER, "tokencache.identity.keys.ec"),
                Arguments.of(VALID.withKeys(Map.of()), ISSUER, "tokencache.identity.keys.<kid>"),
                Arguments.of(VALID, Optional.empty(), "tokencache.issuer"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void shouldNameTheInvalidProperty(IdentityConfig config, Optional<String> issuer, String property) {
        assertThatThrownBy(() -> IdentitySettings.from(config, issuer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(property + " ");
    }

    @Test
    void shouldNameAllInvalidProperties() {
        Settings config = VALID.withKeys(Map.of("ec", "x")).withAudience(Optional.empty());

        assertThatThrownBy(() -> IdentitySettings.from(config, Optional.empty()))
                .hasMessageContaining("keys.ec ")
                .hasMessageContaining("audience ")
                .hasMessageContaining("tokencache.issuer ");
    }

    @Test
    void shouldBeOffWithoutKeys() {
        assertThat(IdentitySettings.from(OFF, Optional.empty())).isEmpty();
    }
}
