package dev.tokencache.http.forwardauth;

import dev.tokencache.caller.Callers;
import dev.tokencache.caller.CallersConfig;
import dev.tokencache.caller.RefusedCallers;
import dev.tokencache.identity.SignedIdentities;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever a store does, each request gets an answer. */
class ForwardAuthFailuresTest {

    private static final SignedIdentities.Configured NO_IDENTITIES = new SignedIdentities.Configured(Optional.empty());
    private static final Vertx VERTX = Vertx.vertx();

    private static volatile Supplier<Object> reply = () -> null;
    private static HttpServer server;

    @BeforeAll
    static void start() {
        TokenService tokens = new TokenService(
                hostileStore(), TokenSettings.usual(), Clock.systemUTC(), new SecureRandom(), verdict -> {}, false);
        Router router = Router.router(VERTX);
        router.route().handler(new ForwardAuth(tokens, callers(), refused(), new Config(), NO_IDENTITIES));
        server = VERTX.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    /** A store that gives the reply of the test to every call. */
    private static TokenStore hostileStore() {
        return (TokenStore) Proxy.newProxyInstance(
                TokenStore.class.getClassLoader(),
                new Class<?>[] {TokenStore.class},
                (proxy, method, arguments) -> reply.get());
    }

    private static RefusedCallers refused() {
        return new RefusedCallers(new SimpleMeterRegistry(), System::nanoTime);
    }

    private static Callers callers() {
        CallersConfig.Entry entry = new CallersConfig.Entry() {
            @Override
            public Optional<String> secretSha256() {
                return Optional.of("0".repeat(64));
            }

            @Override
            public Optional<List<String>> roles() {
                return Optional.of(List.of("validate"));
            }
        };
        return Callers.from(() -> Map.of("web", entry));
    }

    private record Config() implements ForwardAuthConfig {
        @Override
        public String cookie() {
            return "sso_token";
        }

        @Override
        public boolean requireCaller() {
            return false;
        }

        @Override
        public int claimsHeaderLimit() {
            return 2048;
        }
    }

    private static HttpResponse<String> send() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + "/v1/auth"))
                .header("Authorization", "Bearer a-token-of-another-system")
                .timeout(Duration.ofSeconds(20))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static void assertServerError(Supplier<Object> replied) throws IOException, InterruptedException {
        reply = replied;

        HttpResponse<String> response = send();

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith("x-auth"));
    }

    @Test
    void shouldAnswerIfARecordCannotBeWritten() throws Exception {
        assertServerError(() -> Uni.createFrom().item(new Verdict.Active(null)));
    }

    @Test
    void shouldAnswerIfTheStoreThrows() throws Exception {
        assertServerError(() -> {
            throw new IllegalStateException("hostile");
        });
        assertServerError(() -> null);
    }

    @Test
    void shouldAnswerIfTheStoreFails() throws Exception {
        assertServerError(() -> Uni.createFrom().failure(new AssertionError("hostile")));
    }

    @Test
    void shouldReportAMissingVerdictAsUnknown() throws Exception {
        reply = () -> Uni.createFrom().nullItem();

        assertThat(send().statusCode()).isEqualTo(503);
    }
}
