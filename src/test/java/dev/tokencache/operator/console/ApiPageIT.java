package dev.tokencache.operator.console;

import dev.tokencache.testing.ManagementInterface;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.URL;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

/** The API description as a page, outside of dev mode. */
@QuarkusTest
@NullUnmarked
class ApiPageIT {

    @TestHTTPResource(value = "metrics", management = true)
    URL management;

    @BeforeEach
    void awaitManagementInterface() {
        ManagementInterface.awaitOpen(management);
    }

    private URI page(String below) {
        return URI.create("http://localhost:" + management.getPort() + "/console/api" + below);
    }

    @Test
    void shouldShowTheDescription() {
        String html = given().auth()
                .preemptive()
                .basic("dev", "dev")
                .get(page(""))
                .then()
                .statusCode(200)
                .extract()
                .asString();

        assertThat(html)
                .contains("<code>/v1/subjects/{sub}/expire</code>", "<code>Retry-After</code>", "id=\"introspect\"")
                .contains("<a href=\"/console/api\" aria-current=\"page\">API</a>")
                .doesNotContain("`", "<form", "style=");
    }

    @Test
    void shouldCallNothing() {
        given().auth()
                .preemptive()
                .basic("dev", "dev")
                .header("Sec-Fetch-Site", "same-origin")
                .formParam("operation", "metadata")
                .post(page("/try"))
                .then()
                .statusCode(404);
        given().get("/").then().statusCode(404);
    }
}
