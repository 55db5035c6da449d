package dev.tokencache.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.restassured.builder.ResponseBuilder;
import io.restassured.response.Response;
import java.io.File;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DescribedResponsesTest {

    private static final String PROBLEM = "application/problem+json";
    private static final String NOT_FOUND = """
            {"type":"about:blank","title":"Not Found","status":404,"detail":"none"}""";
    private static final String SUBJECT = """
            {"sub":"alice","not_before":1}""";

    private static void check(String method, String path, int status, String type, String body) {
        Response response = new ResponseBuilder()
                .setStatusCode(status)
                .setContentType(type)
                .setBody(body)
                .build();
        DescribedResponses.FILTER.check(method, path, response);
    }

    @Test
    void shouldAcceptDescribedResponses() {
        assertThatCode(() -> {
                    check("GET", "/v1/tokens/x", 404, PROBLEM, NOT_FOUND);
                    check("HEAD", "/v1/tokens/x", 404, PROBLEM, "");
                    check("POST", "/v1/subjects/a%2Fb/expire", 200, "application/json;charset=UTF-8", SUBJECT);
                    check("DELETE", "/v1/tokens/x", 204, "", "");
                    check("PATCH", "/v1/auth/some/where", 200, "", "");
                    check("GET", "/nowhere", 418, "text/plain", "?");
                })
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "410 | application/problem+json | {\"type\":\"a\",\"title\":\"b\",\"status\":410,\"detail\":\"c\"}",
                "404 | text/plain | not found",
                "404 | application/problem+json | {\"type\":\"a\",\"title\":\"b\",\"status\":\"404\",\"detail\":\"c\"}",
                "404 | application/problem+json | {\"type\":\"a\",\"title\":\"b\",\"status\":404,\"detail\":\"c\",\"x\":1}",
                "404 | application/problem+json | ''",
            })
    void shouldRejectAnotherStatusMediaTypeOrMember(int status, String type, String body) {
        assertThatThrownBy(() -> check("GET", "/v1/tokens/x", status, type, body))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("GET /v1/tokens/{jti}: " + status);
    }

    @Test
    void shouldHaveASchemaForEachBodyInTheDescription() throws IOException {
        JsonNode description =
                new ObjectMapper(new YAMLFactory()).readTree(new File("src/main/resources/META-INF/openapi.yaml"));

        assertThat(description.findValues("content"))
                .hasSizeGreaterThan(30)
                .allSatisfy(content -> assertThat(content).isNotEmpty().allMatch(body -> body.has("schema")));
        assertThat(description.path("paths").findValues("responses")).allMatch(responses -> responses.has("default"));
    }

    @Test
    void shouldExpectNoOtherMethod() {
        assertThatCode(() -> check("PATCH", "/v1/tokens", 405, PROBLEM, NOT_FOUND.replace("404", "405")))
                .doesNotThrowAnyException();
    }
}
