package dev.tokencache.http;

import dev.tokencache.testing.SystemPackage;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.tokencache.http.Api.createToken;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Runs the recipes of {@code docs/clients.md} against signed identities of the service. */
@QuarkusTest
@TestProfile(RolesIT.OneCallerPerRole.class)
@NullUnmarked
class ClientRecipesIT {

    private static final String KEY_SET = "https://tokens.example.org/.well-known/jwks.json";
    private static final String CALLER =
            "Basic " + Base64.getEncoder().encodeToString("validate:validate".getBytes(US_ASCII));

    /** Prints the subject of the identity in the environment, or "refused". */
    private static final String NODE = """
            import { identityOf } from './recipe.mjs';
            const request = { headers: { 'x-auth-identity': process.env.HTTP_X_AUTH_IDENTITY } };
            identityOf(request).then(identity => console.log(identity.sub), () => console.log('refused'));
            """;

    private static final String PHP = """
            try { echo identity()['sub'], "\\n"; } catch (RuntimeException $refused) { echo "refused\\n"; }
            """;

    @TestHTTPResource("/.well-known/jwks.json")
    URL keySet;

    @TempDir
    Path folder;

    private static String identity() {
        String token = createToken(Map.of("sub", "zoë")).extract().path("token");
        return given().header("X-Caller-Authorization", CALLER)
                .header("Authorization", "Bearer " + token)
                .get("/v1/auth")
                .header("X-Auth-Identity");
    }

    /** The first code block of a language, for the service under test. */
    private String recipe(String language) throws IOException {
        String page = Files.readString(Path.of("docs/clients.md"));
        int start = page.indexOf("```" + language + "\n") + language.length() + 4;
        String recipe = page.substring(start, page.indexOf("```", start));
        assertThat(recipe).contains(KEY_SET);
        return recipe.replace(KEY_SET, keySet.toString());
    }

    private String run(String identity, String... command) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("HTTP_X_AUTH_IDENTITY", identity);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output).strip();
    }

    private void assertVerifies(String... command) throws IOException, InterruptedException {
        String identity = identity();
        String[] parts = identity.split("\\.");
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8);

        assertThat(run(identity, command)).isEqualTo("zoë");
        for (String forged : new String[] {
            "",
            "x",
            parts[0] + "." + encode(claims.replace("zoë", "root")) + "." + parts[2],
            parts[0] + "." + parts[1] + "." + "A".repeat(86),
            encode("{\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"ec\"}") + "." + parts[1] + ".",
        }) {
            assertThat(run(forged, command)).as(forged).isEqualTo("refused");
        }
    }

    private static String encode(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
    }

    @Test
    void shouldVerifyInNode() throws IOException, InterruptedException {
        SystemPackage.require("nodejs", "/usr/bin/node");
        SystemPackage.require("node-jose", "/usr/share/nodejs/jose");
        Files.createDirectory(folder.resolve("node_modules"));
        Files.createSymbolicLink(folder.resolve("node_modules/jose"), Path.of("/usr/share/nodejs/jose"));
        Files.writeString(folder.resolve("recipe.mjs"), recipe("js"));
        Files.writeString(folder.resolve("main.mjs"), NODE);

        assertVerifies("/usr/bin/node", "main.mjs");
    }

    @Test
    void shouldVerifyInPhp() throws IOException, InterruptedException {
        SystemPackage.require("php-cli", "/usr/bin/php");
        Files.writeString(folder.resolve("recipe.php"), recipe("php") + PHP);

        assertVerifies("/usr/bin/php", "recipe.php");
    }
}
