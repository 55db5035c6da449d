package dev.tokencache.http;

import dev.tokencache.http.error.RoutesTest;
import dev.tokencache.testing.ManagementInterface;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.net.URL;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

@QuarkusTest
@NullUnmarked
class OpenApiIT {

    @TestHTTPResource(value = "openapi", management = true)
    URL openapi;

    @BeforeEach
    void awaitManagementInterface() {
        ManagementInterface.awaitOpen(openapi);
    }

    @Test
    void shouldDescribeEveryRoute() {
        JsonPath document = given().accept("application/json")
                .get(openapi + "?format=json")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        Map<String, Map<String, Map<String, Object>>> paths = document.getMap("paths");
        for (RoutesTest.Route route : RoutesTest.routes()) {
            // The description has no patterns in path parameters.
            String path = route.path().replaceFirst("\\{(\\w+): .*}$", "{$1}");
            assertThat(paths).containsKey(path);
            Map<String, Object> operation = paths.get(path).get(route.method().toLowerCase(Locale.ROOT));
            assertThat(operation).as(route.method() + " " + route.path()).containsKeys("summary", "responses");
            if (route.handler().isAnnotationPresent(Body.class)) {
                assertThat(operation).containsKey("requestBody");
            }
            Allowed allowed = route.handler().getAnnotation(Allowed.class);
            if (allowed != null) {
                assertThat(operation.get("summary")).asString().endsWith("(role " + allowed.value() + ")");
            }
        }
        assertThat(paths.get("/v1/auth")).isNotEmpty();
        assertThat(document.getString("components.securitySchemes.caller.scheme"))
                .isEqualTo("basic");
    }

    @ParameterizedTest
    @CsvSource({
        "openapi,             */*,              application/yaml",
        "openapi,             application/json, application/json",
        "openapi?format=JSON, */*,              application/json",
        "openapi?format=yaml, application/json, application/yaml",
        "openapi.json,        */*,              application/json",
        "openapi.yaml,        application/json, application/yaml",
        "openapi.yml,         */*,              application/yaml",
    })
    void shouldServeTheFileAsYamlAndJson(String path, String accepted, String type) {
        String url = openapi.toString().replaceFirst("openapi$", path);
        String document = given().accept(accepted)
                .get(url)
                .then()
                .statusCode(200)
                .header("Content-Type", type + ";charset=UTF-8")
                .extract()
                .asString();
        assertThat(document).startsWith(type.endsWith("json") ? "{" : "openapi: 3.1");
        given().accept(accepted).head(url).then().statusCode(200);
        given().accept(accepted).post(url).then().statusCode(405);
    }

    @Test
    void shouldNotServeManagementRoutesOnTheApiPort() {
        given().get("/q/openapi").then().statusCode(404);
        given().get("/q/health").then().statusCode(404);
        given().get("/q/metrics").then().statusCode(404);
    }
}
