package dev.tokencache.http;

import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import java.util.UUID;

import static io.restassured.RestAssured.given;

/** How tests call the API. The secret of each test caller is its id. */
final class Api {

    private Api() {}

    static RequestSpecification as(String caller) {
        return given().auth().preemptive().basic(caller, caller);
    }

    static RequestSpecification dev() {
        return as("dev");
    }

    /** A subject that no other test knows. */
    static String subject() {
        return "test-" + UUID.randomUUID();
    }

    static ValidatableResponse post(String path, String json) {
        return dev().contentType("application/json").body(json).post(path).then();
    }

    static ValidatableResponse post(String path, Map<String, ?> body) {
        return dev().contentType("application/json").body(body).post(path).then();
    }

    static ValidatableResponse createToken(Map<String, ?> request) {
        return post("/v1/tokens", request).statusCode(201);
    }

    /** A new token for a subject that no other test knows. */
    static String token() {
        return createToken(Map.of("sub", subject())).extract().path("token");
    }

    static ValidatableResponse validate(String token) {
        return post("/v1/tokens/validate", Map.of("token", token)).statusCode(200);
    }

    static boolean isActive(String token) {
        return validate(token).extract().path("active");
    }

    static ValidatableResponse oauth(String path, String token) {
        return dev().formParam("token", token).post(path).then();
    }
}
