package dev.tokencache.operator.console.api;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An operation of the API. Texts may contain code between backticks.
 *
 * @param id its {@code operationId}
 * @param method in upper case
 * @param path the template, such as {@code /v1/tokens/{jti}}
 * @param role the role that the caller needs; empty if it needs none
 * @param takesCaller whether the credentials of a caller may be sent
 * @param takesToken whether the token of a browser may be sent
 */
public record Operation(
        String id,
        String method,
        String path,
        String summary,
        String role,
        String description,
        boolean takesCaller,
        boolean takesToken,
        List<Parameter> parameters,
        Optional<Body> body,
        List<Response> responses) {

    public Operation {
        parameters = List.copyOf(parameters);
        responses = List.copyOf(responses);
    }

    /** @param in {@code path}, {@code query} or {@code header} */
    public record Parameter(String name, String in, boolean isRequired, String description, String example) {}

    public record Body(String mediaType, boolean isRequired, List<Field> fields, List<Example> examples) {

        public Body {
            fields = List.copyOf(fields);
            examples = List.copyOf(examples);
        }
    }

    /** @param type such as {@code string}, or several separated by {@code or} */
    public record Field(String name, String type, boolean isRequired, String description) {}

    /** @param name what it is an example of; may be empty */
    public record Example(String name, String text) {}

    /** @param status a number, or {@code default} */
    public record Response(String status, String description, List<Field> headers, List<Example> examples) {

        public Response {
            headers = List.copyOf(headers);
            examples = List.copyOf(examples);
        }
    }

    /** Operations with the same tag. */
    public record Group(String name, String description, List<Operation> operations) {

        public Group {
            operations = List.copyOf(operations);
        }

        public Stream<Group> only(String id) {
            return operations.stream()
                    .filter(operation -> operation.id().equals(id))
                    .map(operation -> new Group(name, description, List.of(operation)));
        }
    }
}
