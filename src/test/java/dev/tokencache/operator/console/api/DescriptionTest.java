package dev.tokencache.operator.console.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.tokencache.http.routes.ApiDescription;
import dev.tokencache.operator.console.api.Operation.Body;
import dev.tokencache.operator.console.api.Operation.Example;
import dev.tokencache.operator.console.api.Operation.Field;
import dev.tokencache.operator.console.api.Operation.Group;
import dev.tokencache.operator.console.api.Operation.Parameter;
import dev.tokencache.operator.console.api.Operation.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class DescriptionTest {

    private static final List<Group> GROUPS = Description.read();

    static Operation operation(String id) {
        return GROUPS.stream()
                .flatMap(group -> group.only(id))
                .map(group -> group.operations().get(0))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldContainEveryOperation() throws IOException {
        List<String> expected = new ArrayList<>();
        new ObjectMapper(new YAMLFactory())
                .readTree(ApiDescription.yaml())
                .findValues("operationId")
                .forEach(id -> expected.add(id.asText()));

        assertThat(GROUPS.stream().flatMap(group -> group.operations().stream()))
                .extracting(Operation::id)
                .hasSizeGreaterThan(15)
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void shouldDescribeEveryOperation() {
        assertThat(GROUPS.stream().flatMap(group -> group.operations().stream()))
                .allSatisfy(operation -> {
                    assertThat(operation.summary()).isNotEmpty().doesNotContain("(role");
                    assertThat(operation.path()).startsWith("/");
                    assertThat(operation.parameters())
                            .allSatisfy(parameter -> assertThat(parameter.in()).isIn("path", "query", "header"));
                    assertThat(operation.responses()).isNotEmpty().allSatisfy(response -> assertThat(
                                    response.description())
                            .isNotEmpty());
                });
    }

    @Test
    void shouldGroupByTagInTheOrderOfTheFile() {
        assertThat(GROUPS)
                .extracting(Group::name)
                .containsExactly("tokens", "subjects", "oauth", "admin", "forward-auth");
    }

    @Test
    void shouldReadTheRoleAndWhatMayBeSent() {
        assertThat(operation("createToken").role()).isEqualTo("issue");
        assertThat(operation("createToken").takesCaller()).isTrue();
        assertThat(operation("forwardAuth").role()).isEmpty();
        assertThat(operation("forwardAuth").takesCaller()).isFalse();
        assertThat(operation("forwardAuth").takesToken()).isTrue();
        assertThat(operation("metadata").takesCaller()).isFalse();
    }

    @Test
    void shouldFollowReferences() {
        assertThat(operation("listTokens").parameters())
                .extracting(Parameter::name, Parameter::in, Parameter::isRequired)
                .startsWith(tuple("sub", "path", true));
        assertThat(operation("readToken").responses())
                .contains(new Response("404", "No live token has this id or string", List.of(), List.of()));
    }

    @Test
    void shouldReadBodies() {
        Body json = operation("createToken").body().orElseThrow();
        assertThat(json.mediaType()).isEqualTo("application/json");
        assertThat(json.fields()).contains(new Field("scope", "string", false, ""));
        assertThat(json.fields())
                .filteredOn(field -> field.name().equals("aud"))
                .containsExactly(new Field("aud", "string or array", false, ""));
        assertThat(json.examples().get(0)).isEqualTo(new Example("The defaults", "{\n  \"sub\": \"alice\"\n}"));

        Body form = operation("revoke").body().orElseThrow();
        assertThat(form.mediaType()).isEqualTo("application/x-www-form-urlencoded");
        assertThat(form.examples())
                .extracting(Example::text)
                .singleElement()
                .asString()
                .startsWith("token=tc1_");

        assertThat(operation("readToken").body()).isEqualTo(Optional.empty());
    }
}
