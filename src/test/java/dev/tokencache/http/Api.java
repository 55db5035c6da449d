package dev.tokencache.http;

import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import java.util.UUID;

import static io.restassured.RestAssured.given;

/** Calls the API for tests. The secret of each test caller is its id. */
public final class Api {

    private Api() {}

    public static RequestSpecification as(String caller) {
        return given().auth().preemptive().basic(caller, caller);
    }

    public static RequestSpecification dev() {
        return as("dev");
    }

    /** A subject that no other test uses. */
    public static String subject() {
        return "test-" + UUID.randomUUID();
    }

    public static ValidatableResponse post(String path, String json) {
        return dev().contentType("application/json").body(json).post(path).then();
    }

    public static ValidatableResponse post(String path, Map<String, ?> body) {
        return dev().contentType("application/json").body(body).post(path).then();
    }

    public static ValidatableResponse createToken(Map<String, ?> request) {
        return post("/v1/tokens", request).statusCode(201);
    }

    /** A new token of a subject that no other test uses. */
    public static String token() {
        return createToken(Map.of("sub", subject())).extract().path("token");
    }

    public static ValidatableResponse validate(String token) {
        return post("/v1/tokens/validate", Map.of("token", token)).statusCode(200);
    }

    public static boolean isActive(String token) {
        return validate(token).extract().path("active");
    }

    public static ValidatableResponse oauth(String path, String token) {
        return dev().formParam("token", token).post(path).then();
    }
}
