package dev.tokencache.http.api;

import dev.tokencache.http.PercentEncoding;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.tokencache.http.Api.createToken;
import static dev.tokencache.http.Api.dev;
import static dev.tokencache.http.Api.isActive;
import static dev.tokencache.http.Api.subject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;

@QuarkusTest
class SubjectsIT {

    @Test
    void shouldListLiveTokens() {
        String sub = subject();
        String first = createToken(Map.of("sub", sub, "scope", "a")).extract().path("jti");
        String second = createToken(Map.of("sub", sub)).extract().path("jti");
        dev().get("/v1/subjects/{sub}/tokens", sub)
                .then()
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .body("sub", equalTo(sub))
                .body("$", not(hasKey("not_before")))
                .body("tokens.jti", containsInAnyOrder(first, second))
                .body("tokens[0]", not(hasKey("token")));
        dev().delete("/v1/tokens/" + first).then().statusCode(204);
        dev().get("/v1/subjects/{sub}/tokens", sub).then().body("tokens.jti", contains(second));
    }

    @Test
    void shouldExpireAllTokensIssuedBeforeTheResponse() {
        String sub = subject();
        String old = createToken(Map.of("sub", sub)).extract().path("token");
        Number notBefore = dev().post("/v1/subjects/{sub}/expire", sub)
                .then()
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .body("sub", equalTo(sub))
                .extract()
                .path("not_before");
        assertThat(notBefore.longValue()).isCloseTo(Instant.now().getEpochSecond(), within(5L));
        String fresh = createToken(Map.of("sub", sub)).extract().path("token");
        assertThat(isActive(old)).isFalse();
        assertThat(isActive(fresh)).isTrue();
        dev().get("/v1/subjects/{sub}/tokens", sub).then().body("$", hasKey("not_before"));
    }

    @Test
    void shouldExpireTokensIssuedUpToAPastTime() {
        String sub = subject();
        String token = createToken(Map.of("sub", sub)).extract().path("token");
        long before = Instant.now().getEpochSecond() - 100;
        dev().contentType("application/json")
                .body(Map.of("before", before))
                .post("/v1/subjects/{sub}/expire", sub)
                .then()
                .statusCode(200)
                .body("not_before", equalTo((int) before));
        assertThat(isActive(token)).isTrue();
    }

    @Test
    void shouldRefuseAFutureTime() {
        dev().contentType("application/json")
                .body(Map.of("before", Instant.now().getEpochSecond() + 100))
                .post("/v1/subjects/{sub}/expire", subject())
                .then()
                .statusCode(400)
                .body("violations.field", contains("before"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a b", "älice 😀", "a%2Fb", "a+b", "a;b=c", "tokens", "..a", "?#&", "CN=x,O=y"})
    void shouldAcceptAnyCharactersInASubject(String name) {
        String sub = name + subject();
        String jti = createToken(Map.of("sub", sub)).extract().path("jti");
        String encoded = PercentEncoding.encode(sub);
        dev().urlEncodingEnabled(false)
                .get("/v1/subjects/" + encoded + "/tokens")
                .then()
                .statusCode(200)
                .body("sub", equalTo(sub))
                .body("tokens.jti", contains(jti));
        dev().urlEncodingEnabled(false)
                .post("/v1/subjects/" + encoded + "/expire")
                .then()
                .statusCode(200)
                .body("sub", equalTo(sub));
        dev().urlEncodingEnabled(false)
                .get("/v1/subjects/" + encoded + "/tokens")
                .then()
                .body("tokens", empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"%00", "a%0Ab", "%ff", "%c0%af", "%ed%a0%80", "%7f"})
    void shouldNameTheFieldOfAnInvalidSubject(String encoded) {
        dev().urlEncodingEnabled(false)
                .get("/v1/subjects/" + encoded + "/tokens")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("violations.field", contains("sub"));
        dev().urlEncodingEnabled(false)
                .post("/v1/subjects/" + encoded + "/expire")
                .then()
                .statusCode(400)
                .body("violations.field", contains("sub"));
    }

    @Test
    void shouldListInPages() {
        String sub = subject();
        List<String> created = IntStream.range(0, 5)
                .mapToObj(i -> createToken(Map.of("sub", sub)).extract().<String>path("jti"))
                .toList();
        List<String> listed = new ArrayList<>();
        String next = null;
        do {
            RequestSpecification request = dev().queryParam("limit", 2);
            if (next != null) {
                request.queryParam("next", next);
            }
            JsonPath page = request.get("/v1/subjects/{sub}/tokens", sub)
                    .then()
                    .statusCode(200)
                    .body("tokens.size()", lessThanOrEqualTo(2))
                    .extract()
                    .jsonPath();
            listed.addAll(page.getList("tokens.jti"));
            next = page.getString("next");
        } while (next != null);
        assertThat(listed).containsExactlyInAnyOrderElementsOf(created);
    }

    @ParameterizedTest
    @CsvSource({"limit,0", "limit,1001", "limit,x", "limit,", "next,x", "next,", "next,AAAA"})
    void shouldNameAnInvalidParameterOfAListing(String name, String value) {
        dev().queryParam(name, value == null ? "" : value)
                .get("/v1/subjects/{sub}/tokens", subject())
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("violations.field", contains(name));
    }

    @Test
    void shouldExpireAllTokensExceptOne() {
        String sub = subject();
        ValidatableResponse kept = createToken(Map.of("sub", sub));
        String other = createToken(Map.of("sub", sub)).extract().path("token");
        dev().contentType("application/json")
                .body(Map.of("except", kept.extract().<String>path("jti")))
                .post("/v1/subjects/{sub}/expire", sub)
                .then()
                .statusCode(200)
                .body("sub", equalTo(sub));
        assertThat(isActive(other)).isFalse();
        assertThat(isActive(kept.extract().path("token"))).isTrue();
        dev().get("/v1/subjects/{sub}/tokens", sub)
                .then()
                .body("tokens.jti", contains(kept.extract().<String>path("jti")))
                .body("tokens.exp", contains(kept.extract().<Integer>path("exp")));
    }

    @Test
    void shouldExpireAllTokensIfTheExceptionIsAnotherSubjects() {
        String sub = subject();
        String token = createToken(Map.of("sub", sub)).extract().path("token");
        String others = createToken(Map.of("sub", subject())).extract().path("jti");
        dev().contentType("application/json")
                .body(Map.of("except", others))
                .post("/v1/subjects/{sub}/expire", sub)
                .then()
                .statusCode(200);
        assertThat(isActive(token)).isFalse();
        dev().get("/v1/tokens/" + others).then().statusCode(200);
    }

    @Test
    void shouldRefuseAnExceptionThatIsNoTokenId() {
        dev().contentType("application/json")
                .body(Map.of("except", "alice"))
                .post("/v1/subjects/{sub}/expire", subject())
                .then()
                .statusCode(400)
                .body("violations.field", contains("except"));
    }
}
