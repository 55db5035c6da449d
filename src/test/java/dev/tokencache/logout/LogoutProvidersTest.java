package dev.tokencache.logout;

import dev.tokencache.testing.VirtualTime;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LogoutProvidersTest {

    /** Knows no TLS configuration. */
    private static final TlsConfigurationRegistry NO_TLS = new TlsConfigurationRegistry() {
        @Override
        public Optional<TlsConfiguration> get(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<TlsConfiguration> getDefault() {
            return Optional.empty();
        }

        @Override
        public void register(String name, TlsConfiguration configuration) {
            throw new UnsupportedOperationException();
        }
    };

    private final Vertx vertx = Vertx.vertx();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private record Provider(
            Optional<String> issuer,
            Optional<String> audience,
            Optional<String> jwks,
            Optional<String> tlsConfigurationName)
            implements LogoutConfig.Provider {

        static Provider of(@Nullable String issuer, @Nullable String audience, @Nullable String jwks) {
            return new Provider(
                    Optional.ofNullable(issuer),
                    Optional.ofNullable(audience),
                    Optional.ofNullable(jwks),
                    Optional.empty());
        }
    }

    private void configure(Map<String, LogoutConfig.Provider> providers) {
        LogoutProviders.from(() -> providers, vertx, NO_TLS, new VirtualTime());
    }

    private String keySet() throws IOException {
        return Files.writeString(folder.resolve("keys.json"), FakeProvider.keySet(FakeProvider.FIRST))
                .toString();
    }

    @Test
    void shouldAcceptAFileOrAUrl() {
        assertThatCode(() -> configure(Map.of(
                        "a", Provider.of("https://a.example", "x", keySet()),
                        "b", Provider.of("https://b.example", "x", "https://b.example/keys"))))
                .doesNotThrowAnyException();
        assertThatCode(() -> configure(Map.of())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        ", x, https://a.example/keys, tokencache.logout.a.issuer is not set",
        "https://a.example, , https://a.example/keys, tokencache.logout.a.audience is not set",
        "https://a.example, x, , tokencache.logout.a.jwks is not set",
        "https://a.example, x, http://a.example/keys, tokencache.logout.a.jwks must be a file or an https:// URL",
        "https://a.example, x, https:///keys, tokencache.logout.a.jwks must be a file or an https:// URL",
        "https://a.example, x, /no/such/file, tokencache.logout.a.jwks is not a file with a JSON Web Key Set",
    })
    void shouldNameTheInvalidProperty(
            @Nullable String issuer, @Nullable String audience, @Nullable String jwks, String problem) {
        assertThatThrownBy(() -> configure(Map.of("a", Provider.of(issuer, audience, jwks))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(problem);
    }

    @Test
    void shouldRefuseTwoProvidersWithOneIssuer() {
        assertThatThrownBy(() -> configure(Map.of(
                        "a", Provider.of("https://a.example", "x", keySet()),
                        "b", Provider.of("https://a.example", "y", keySet()))))
                .hasMessageContaining(".issuer is that of another provider, too");
    }

    @Test
    void shouldRefuseAnUnknownTlsConfiguration() {
        Provider provider = new Provider(
                Optional.of("https://a.example"),
                Optional.of("x"),
                Optional.of("https://a.example/keys"),
                Optional.of("idp"));

        assertThatThrownBy(() -> configure(Map.of("a", provider)))
                .hasMessage("tokencache.logout.a.tls-configuration-name names no quarkus.tls.<name>");
    }
}
