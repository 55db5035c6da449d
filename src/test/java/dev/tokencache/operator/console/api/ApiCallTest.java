package dev.tokencache.operator.console.api;

import dev.tokencache.token.InvalidRequestException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ApiCallTest {

    private static final Optional<String> OPERATOR = Optional.of("Basic ZGV2OmRldg==");

    private static ApiCall call(String operation, Map<String, String> typed) {
        return ApiCall.of(DescriptionTest.operation(operation), field -> typed.getOrDefault(field, ""), OPERATOR);
    }

    @ParameterizedTest
    @CsvSource({
        "alice,                 /v1/subjects/alice/tokens",
        "a/../../admin/reload,  /v1/subjects/a%2F..%2F..%2Fadmin%2Freload/tokens",
        "a?b#c,                 /v1/subjects/a%3Fb%23c/tokens",
        "//evil.example,        /v1/subjects/%2F%2Fevil.example/tokens",
        "http://evil.example:1, /v1/subjects/http%3A%2F%2Fevil.example%3A1/tokens",
        "{sub},                 /v1/subjects/%7Bsub%7D/tokens",
        "%2e%2e,                /v1/subjects/%252e%252e/tokens",
        "a b é,                 /v1/subjects/a%20b%20%C3%A9/tokens",
    })
    void shouldStayOnThePathOfTheOperation(String sub, String uri) {
        assertThat(call("listTokens", Map.of("path.sub", sub)).uri()).isEqualTo(uri);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ".."})
    void shouldRefuseSegmentsThatLeadElsewhere(String sub) {
        assertThatThrownBy(() -> call("listTokens", Map.of("path.sub", sub)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("sub");
    }

    @Test
    void shouldSendOnlyParametersOfTheDescription() {
        ApiCall call = call(
                "listTokens",
                Map.of(
                        "path.sub",
                        "alice",
                        "query.limit",
                        "5&next=x",
                        "query.admin",
                        "1",
                        "header.Host",
                        "evil",
                        "body",
                        "x"));

        assertThat(call)
                .isEqualTo(new ApiCall(
                        "GET",
                        "/v1/subjects/alice/tokens?limit=5%26next%3Dx",
                        Map.of("Authorization", OPERATOR.get()),
                        Optional.empty()));
    }

    @Test
    void shouldSendTheBodyAsDescribed() {
        ApiCall call = call("createToken", Map.of("body", "{\"sub\":\"alice\"}"));

        assertThat(call.body()).contains("{\"sub\":\"alice\"}");
        assertThat(call.headers()).containsEntry("Content-Type", "application/json");
    }

    @Test
    void shouldLeaveOutAnEmptyBodyIfItIsOptional() {
        assertThat(call("expireSubject", Map.of("path.sub", "alice")).headers()).doesNotContainKey("Content-Type");
        assertThat(call("createToken", Map.of()).body()).contains("");
    }

    @Test
    void shouldSendCredentialsOnlyWhereTheyAreTaken() {
        assertThat(call("metadata", Map.of("token", "tc1_x")).headers()).isEmpty();
        assertThat(call("forwardAuth", Map.of()).headers()).isEmpty();
        assertThat(call("forwardAuth", Map.of("token", "tc1_x")).headers())
                .containsExactly(Map.entry("Authorization", "Bearer tc1_x"));
        assertThat(call("createToken", Map.of("token", "tc1_x")).headers())
                .containsEntry("Authorization", OPERATOR.get());
    }

    @ParameterizedTest
    @CsvSource({"token, token", "header.X-Forwarded-Uri, X-Forwarded-Uri"})
    void shouldRefuseHeadersOverSeveralLines(String field, String named) {
        assertThatThrownBy(() -> call("forwardAuth", Map.of(field, "a\r\nHost: evil")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(named);
    }

    @Test
    void shouldNotRevealWhatWasTyped() {
        assertThat(call("forwardAuth", Map.of("token", "tc1_x")).toString()).doesNotContain("tc1_x");
    }
}
