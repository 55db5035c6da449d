package dev.tokencache.http;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

@QuarkusTest
@io.quarkus.test.common.WithTestResource(dev.tokencache.testing.RedisClusterResource.class)
class TokensIT {
    @Test
    void shouldCreate() {
        String token = given().auth()
                .preemptive()
                .basic("dev", "dev")
                .contentType("application/json")
                .body("{\"sub\":\"alice\",\"claims\":{\"a\":1.50E3,\"sub\":2,\"x\":[{\"y\":null}]},\"aud\":[\"x\"]}")
                .log()
                .all()
                .post("/v1/tokens")
                .then()
                .log()
                .all()
                .statusCode(201)
                .extract()
                .path("token");
        given().auth()
                .preemptive()
                .basic("dev", "dev")
                .formParam("token", token)
                .post("/oauth2/introspect")
                .then()
                .log()
                .all()
                .statusCode(200)
                .body("sub", equalTo("alice"));
        given().get("/.well-known/oauth-authorization-server")
                .then()
                .log()
                .all()
                .statusCode(200);
        given().header("Authorization", "bearer " + token)
                .get("/v1/auth")
                .then()
                .log()
                .all()
                .statusCode(200);
        given().header("Authorization", "bearer " + token)
                .request("PROPFIND", "/v1/auth/xyz")
                .then()
                .log()
                .all()
                .statusCode(200);
        given().get("/v1/authx").then().log().all().statusCode(404);
        given().get("/nowhere").then().log().all().statusCode(404);
        given().get("/v1/tokens").then().log().all().statusCode(405);
        given().post("/v1/tokens").then().log().all().statusCode(401);
        given().auth()
                .preemptive()
                .basic("dev", "dev")
                .post("/v1/tokens")
                .then()
                .log()
                .all()
                .statusCode(400);
        given().auth()
                .preemptive()
                .basic("dev", "dev")
                .body(new byte[10_000_000])
                .contentType("application/json")
                .post("/v1/tokens")
                .then()
                .log()
                .all()
                .statusCode(413);
        given().auth()
                .preemptive()
                .basic("dev", "dev")
                .get("/v1/subjects/al%2Fice%ff/tokens")
                .then()
                .log()
                .all()
                .statusCode(400);
        given().auth()
                .preemptive()
                .basic("dev", "dev")
                .post("/v1/subjects/al%2Fice/expire")
                .then()
                .log()
                .all()
                .statusCode(200);
        given().auth()
                .preemptive()
                .basic("dev", "dev")
                .get("/v1/subjects/al%2Fice/tokens")
                .then()
                .log()
                .all()
                .statusCode(200);
    }
}
