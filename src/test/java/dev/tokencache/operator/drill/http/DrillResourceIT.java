package dev.tokencache.operator.drill.http;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.tokencache.http.Api.dev;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

/** A service without a Redis user of drills; {@code DrillIT} has one. */
@QuarkusTest
class DrillResourceIT {

    private static ValidatableResponse post(String path, String body) {
        return dev().contentType("application/json")
                .body(body)
                .post("/v1/admin/drill" + path)
                .then();
    }

    @Test
    void shouldNameTheMissingSettings() {
        for (String start : List.of("true", "false")) {
            post("", "{\"type\":\"handover\",\"dry_run\":" + start + "}")
                    .statusCode(409)
                    .body("type", equalTo("urn:token-cache:problem:drill-refused"))
                    .body("detail", containsString("tokencache.drill.password nor tokencache.drill.password-file"));
        }
        post("", "{\"type\":\"lose-master\"}")
                .statusCode(409)
                .body("reasons", contains("tokencache.drill.hook is not set, and lose-master needs it"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {}                                          | type
            {"type":"password"}                         | type
            {"type":"rolling","nodes":["x"]}            | nodes
            {"type":"rolling","nodes":"10.0.0.1:6379"}  | nodes
            {"type":"rolling","parallel":0}             | parallel
            {"type":"rolling","patience":0}             | patience
            {"type":"rolling","unknown_budget":-1}      | unknown_budget
            {"type":"reshard","slots":101}              | slots
            {"type":"rolling","skip_gates":["lease"]}   | skip_gates
            {"type":"rolling","dry_run":"false"}        | dry_run
            {"type":"rolling","hook":"/bin/rm"}         | hook
            """)
    void shouldNameTheInvalidMember(String body, String member) {
        post("", body).statusCode(400).body("violations.field", contains(member));
    }

    @Test
    void shouldHaveNothingToAbort() {
        post("/abort", "").statusCode(409).body("reasons", contains("no drill is running"));
        dev().get("/v1/admin/drill")
                .then()
                .statusCode(200)
                .body("running", nullValue())
                .body("limits.hours", equalTo("09:00-16:00"));
    }
}
