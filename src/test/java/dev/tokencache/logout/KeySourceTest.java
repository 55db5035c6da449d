package dev.tokencache.logout;

import dev.tokencache.redis.VertxTime;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLHandshakeException;
import org.jose4j.jwk.JsonWebKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeySourceTest {

    @TempDir
    static Path folder;

    private static Vertx vertx;
    private static FakeProvider provider;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        provider = FakeProvider.start(folder);
    }

    @AfterAll
    static void stop() {
        provider.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @AfterEach
    void heal() {
        provider.answer(200, FakeProvider.keySet(FakeProvider.FIRST));
    }

    private static Supplier<Uni<List<JsonWebKey>>> trusting() {
        HttpClientOptions options = new HttpClientOptions()
                .setTrustOptions(new PemTrustOptions()
                        .addCertPath(folder.resolve("cert.pem").toString()));
        return KeySource.ofUrl(vertx, provider.url(), options, new VertxTime(vertx));
    }

    private static List<JsonWebKey> read(Supplier<Uni<List<JsonWebKey>>> source) {
        return source.get().await().atMost(Duration.ofSeconds(20));
    }

    @Test
    void shouldReadKeysOverTls() {
        assertThat(read(trusting())).extracting(JsonWebKey::getKeyId).containsExactly("first");
    }

    @Test
    void shouldReadEachTime() {
        Supplier<Uni<List<JsonWebKey>>> source = trusting();
        read(source);
        provider.answer(200, FakeProvider.keySet(FakeProvider.FIRST, FakeProvider.SECOND));

        assertThat(read(source)).hasSize(2);
    }

    @Test
    void shouldNotTrustAnotherCertificate() {
        assertThatThrownBy(() ->
                        read(KeySource.ofUrl(vertx, provider.url(), new HttpClientOptions(), new VertxTime(vertx))))
                .hasCauseInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void shouldFailOnAnythingButAKeySet() {
        provider.answer(404, FakeProvider.keySet(FakeProvider.FIRST));
        assertThatThrownBy(() -> read(trusting())).hasRootCauseMessage("status 404");
        provider.answer(302, "");
        assertThatThrownBy(() -> read(trusting())).hasRootCauseMessage("status 302");
        provider.answer(200, "[]");
        assertThatThrownBy(() -> read(trusting())).hasMessageContaining("is not a JSON Web Key Set");
        provider.answer(200, " ".repeat(2 << 20) + FakeProvider.keySet(FakeProvider.FIRST));
        assertThatThrownBy(() -> read(trusting())).hasRootCauseMessage("too long");
    }

    @Test
    void shouldReadAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("keys.json"), FakeProvider.keySet(FakeProvider.SECOND));

        assertThat(read(KeySource.ofFile(vertx, file.toString())))
                .extracting(JsonWebKey::getKeyId)
                .containsExactly("second");
    }
}
