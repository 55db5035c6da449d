package dev.tokencache.http;

import dev.tokencache.testing.SystemPackage;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.tokencache.http.Api.createToken;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the recipes of {@code docs/clients.md}, with unmodified libraries. An application or a program of {@code
 * src/test/clients} answers "active" with the subject, "inactive", or "failed".
 */
@QuarkusTest
@TestProfile(UnknownVerdictIT.WithUnreachableStore.class)
@NullUnmarked
class ClientRecipesIT {

    private static final Path CLIENTS = Path.of("src/test/clients").toAbsolutePath();
    private static final String JAVA = ProcessHandle.current().info().command().orElse("java");
    private static final String C1 = "-XX:TieredStopAtLevel=1";
    private static final String SERIAL = "-XX:+UseSerialGC";
    private static final String INTROSPECTION = "Introspection";
    private static final String IDENTITY = "Signed identity";

    @Inject
    UnreachableStore store;

    @TestHTTPResource("/")
    URI service;

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private Recipes recipes;

    @BeforeEach
    void readRecipes() throws IOException {
        recipes = Recipes.read();
    }

    @AfterEach
    void reachAgain() {
        store.unreachable(false);
    }

    @Test
    void shouldIntrospectAndRevokeInNode() throws IOException {
        SystemPackage.require("nodejs", "/usr/bin/node");
        try (ClientProgram node = node()) {
            for (String library : List.of("openid-client", "oauth4webapi")) {
                write(library + ".mjs", recipes.block(INTROSPECTION, library, "js"));
                assertIntrospects(token -> node.ask(library + " introspect " + token));
                assertRevokes(token -> node.ask(library + " revoke " + token));
            }
        }
    }

    @Test
    void shouldVerifyIdentitiesInNode() throws IOException {
        SystemPackage.require("nodejs", "/usr/bin/node");
        try (ClientProgram node = node()) {
            write("jose.mjs", recipes.block(IDENTITY, "jose", "js"));
            assertVerifies(identity -> node.ask("jose verify " + identity));
        }
    }

    private ClientProgram node() throws IOException {
        SystemPackage.requireClient(CLIENTS + "/node/node_modules/openid-client");
        Files.createSymbolicLink(folder.resolve("node_modules"), CLIENTS.resolve("node/node_modules"));
        return interpret("/usr/bin/node", "node/main.mjs");
    }

    @Test
    void shouldIntrospectAndRevokeInPython() throws IOException {
        SystemPackage.require("python3-authlib", "/usr/lib/python3/dist-packages/authlib");
        SystemPackage.require("python3-requests", "/usr/lib/python3/dist-packages/requests");
        write("authlib_recipe.py", recipe(INTROSPECTION, "Authlib", "python"));
        try (ClientProgram python = interpret("/usr/bin/python3", "python/main.py")) {
            assertIntrospects(token -> python.ask("authlib introspect " + token));
            assertRevokes(token -> python.ask("authlib revoke " + token));
        }
    }

    @Test
    void shouldVerifyIdentitiesInPhp() throws IOException {
        SystemPackage.require("php-cli", "/usr/bin/php");
        write("identity.php", recipe(IDENTITY, "PHP", "php"));
        try (ClientProgram php = interpret("/usr/bin/php", "php/main.php")) {
            assertVerifies(identity -> php.ask("php verify " + identity));
        }
    }

    /** Spring Security in servlet and reactive applications, and the Nimbus SDK, in one process. */
    @Test
    void shouldIntrospectRevokeAndVerifyIdentitiesInJava() throws IOException {
        SystemPackage.requireClient(CLIENTS + "/spring/target/lib");
        assertIsSource("spring/src/main/java/clients/Introspection.java", INTROSPECTION, "Spring Security");
        assertIsSource("spring/src/main/java/clients/Identity.java", IDENTITY, "Spring Security");
        assertIsSource("spring/src/main/java/clients/Tokens.java", INTROSPECTION, "Nimbus OAuth 2.0 SDK");
        write("introspection.properties", recipe(INTROSPECTION, "Spring Security", "properties"));
        write("identity.properties", recipe(IDENTITY, "Spring Security", "properties"));
        String classPath = CLIENTS + "/spring/target/classes:" + CLIENTS + "/spring/target/lib/*";
        try (ClientProgram java = start(JAVA, C1, SERIAL, "-cp", classPath, "clients.Main")) {
            for (String kind : List.of("servlet", "reactive")) {
                URI application = URI.create(java.answer());
                assertIntrospects(token -> get(application, "Authorization", "Bearer " + token));
            }
            URI application = URI.create(java.answer());
            assertVerifies(identity -> get(application, "X-Auth-Identity", identity));
            for (String method : List.of("basic", "post")) {
                assertIntrospects(token -> java.ask(method + " introspect " + token));
                assertRevokes(token -> java.ask(method + " revoke " + token));
            }
        }
    }

    @Test
    void shouldIntrospectInQuarkus() throws IOException {
        Path jar = CLIENTS.resolve("quarkus/target/quarkus-app/quarkus-run.jar");
        SystemPackage.requireClient(jar.toString());
        assertIsSource("quarkus/src/main/java/clients/UnknownVerdicts.java", INTROSPECTION, "Quarkus OIDC");
        Files.createDirectory(folder.resolve("config"));
        write("config/application.properties", recipe(INTROSPECTION, "Quarkus OIDC", "properties"));
        String host = "-Dquarkus.http.host=127.0.0.1";
        try (ClientProgram quarkus = start(JAVA, C1, SERIAL, host, "-Dquarkus.http.port=0", "-jar", jar.toString())) {
            String line = quarkus.answer();
            while (!line.contains("Listening on: ")) {
                line = quarkus.answer();
            }
            URI application = URI.create(line.substring(line.indexOf("http://")));
            assertIntrospects(token -> get(application, "Authorization", "Bearer " + token));
        }
    }

    /** A recipe with the URL of the service under test. */
    private String recipe(String heading, String subheading, String language) {
        return Recipes.at(service, recipes.block(heading, subheading, language));
    }

    private void assertIsSource(String file, String heading, String subheading) throws IOException {
        assertThat(Files.readString(CLIENTS.resolve(file)))
                .containsIgnoringWhitespaces(recipes.block(heading, subheading, "java"));
    }

    private void write(String file, String content) throws IOException {
        Files.writeString(folder.resolve(file), content);
    }

    /** Starts an interpreter with a program of {@code src/test/clients}, which loads the recipes. */
    private ClientProgram interpret(String interpreter, String program) throws IOException {
        Path main = CLIENTS.resolve(program);
        Files.copy(main, folder.resolve(main.getFileName()));
        return start(interpreter, main.getFileName().toString());
    }

    private ClientProgram start(String... command) throws IOException {
        String url = service.toString().replaceFirst("/$", "");
        return ClientProgram.start(
                folder, Map.of("TOKENS_URL", url, "TOKENS_SECRET", UnknownVerdictIT.SHOP_SECRET), command);
    }

    /** What an application says of the user of a request. */
    private String get(URI application, String header, String value) {
        try {
            HttpRequest request = HttpRequest.newBuilder(application.resolve("/me"))
                    .header(header, value)
                    .build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
            return switch (response.statusCode()) {
                case 200 -> "active " + response.body();
                case 401 -> "inactive";
                default -> "failed " + response.statusCode();
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String token() {
        return createToken(Map.of("sub", "zoë")).extract().path("token");
    }

    private void assertIntrospects(UnaryOperator<String> client) {
        String token = token();
        assertThat(client.apply(token)).isEqualTo("active zoë");

        store.unreachable(true);
        assertThat(client.apply(token)).startsWith("failed");

        store.unreachable(false);
        Api.oauth("/oauth2/revoke", token).statusCode(200);
        assertThat(client.apply(token)).isEqualTo("inactive");
    }

    private void assertRevokes(UnaryOperator<String> client) {
        String token = token();
        store.unreachable(true);
        assertThat(client.apply(token)).startsWith("failed");

        store.unreachable(false);
        assertThat(client.apply(token)).isEqualTo("revoked");
        assertThat(Api.isActive(token)).isFalse();
    }

    private static void assertVerifies(UnaryOperator<String> client) {
        String token = token();
        String identity = given().header("Authorization", "Bearer " + token)
                .get("/v1/auth")
                .header("X-Auth-Identity");
        assertThat(client.apply(identity)).isEqualTo("active zoë");

        String[] parts = identity.split("\\.");
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8);
        for (String forged : List.of(
                "x",
                parts[0] + "." + encode(claims.replace("zoë", "root")) + "." + parts[2],
                parts[0] + "." + parts[1] + "." + "A".repeat(86),
                encode("{\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"ec\"}") + "." + parts[1] + ".",
                signedIntrospection(token))) {
            assertThat(client.apply(forged)).as(forged).matches("(failed|inactive).*");
        }
    }

    private static String encode(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
    }

    /** Another kind of token with the same issuer, audience and key. */
    private static String signedIntrospection(String token) {
        return given().auth()
                .preemptive()
                .basic("shop", UnknownVerdictIT.SHOP_SECRET)
                .accept("application/token-introspection+jwt")
                .formParam("token", token)
                .post("/oauth2/introspect")
                .asString();
    }
}
