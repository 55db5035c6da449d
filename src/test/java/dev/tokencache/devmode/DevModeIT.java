package dev.tokencache.devmode;

import dev.tokencache.testing.ManagementInterface;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The service with the profile of dev mode: its own cluster, demo tokens, and the way to the console. */
@QuarkusTest
@TestProfile(DevModeIT.Dev.class)
@NullUnmarked
class DevModeIT {

    public static class Dev implements QuarkusTestProfile {

        @Override
        public String getConfigProfile() {
            return "dev,test";
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "tokencache.dev.port-prefix",
                    "1178",
                    "tokencache.journal.local.path",
                    "target/dev-mode-it-" + ProcessHandle.current().pid());
        }
    }

    @TestHTTPResource(value = "metrics", management = true)
    URL management;

    @BeforeEach
    void awaitManagementInterface() {
        ManagementInterface.awaitOpen(management);
    }

    @AfterAll
    static void stop() {
        DevCluster.running().ifPresent(RedisServers::stop);
    }

    private URI console(String path) {
        return URI.create("http://localhost:" + management.getPort() + "/console/" + path);
    }

    private String page(String path) {
        return given().auth()
                .preemptive()
                .basic("dev", "dev")
                .get(console(path))
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }

    @Test
    void shouldLeadABrowserToTheConsole() {
        String console = given().redirects()
                .follow(false)
                .get("/")
                .then()
                .statusCode(303)
                .extract()
                .header("Location");

        assertThat(console).isEqualTo(console("").toString());
        given().get(console("")).then().statusCode(401);
        given().get("/other").then().statusCode(404);
    }

    @Test
    void shouldShowDemoTokens() {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(page("subject?sub=alice")).contains("alice@mail.example", "shop", "wiki", "openid profile");
            assertThat(page("subject?sub=bob")).contains("shop");
            assertThat(page("subject?sub=mallory")).contains("No active token", "are expired");
        });
    }

    @Test
    void shouldCallTheApiForAPerson() {
        assertThat(tryOut("createToken", "body", "{\"sub\":\"carol <b>\"}"))
                .contains("201 Created", "carol &lt;b&gt;", "&quot;client_id&quot;:&quot;dev&quot;")
                .doesNotContain("carol <b>");
        assertThat(tryOut("createToken", "body", "{\"sub\":\"" + "x".repeat(5000) + "\"}"))
                .contains("400 Bad Request", "sub must");
        assertThat(tryOut("readToken", "path.jti", "x")).contains("404 Not Found");
        given().auth()
                .preemptive()
                .basic("dev", "dev")
                .formParam("operation", "createToken")
                .post(console("api/try"))
                .then()
                .statusCode(403);
    }

    private String tryOut(String operation, String field, String value) {
        return given().auth()
                .preemptive()
                .basic("dev", "dev")
                .header("Sec-Fetch-Site", "same-origin")
                .formParam("operation", operation)
                .formParam(field, value)
                .post(console("api/try"))
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }
}
