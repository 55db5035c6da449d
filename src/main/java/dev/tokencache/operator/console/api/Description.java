package dev.tokencache.operator.console.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.tokencache.http.routes.ApiDescription;
import dev.tokencache.operator.console.api.Operation.Body;
import dev.tokencache.operator.console.api.Operation.Example;
import dev.tokencache.operator.console.api.Operation.Field;
import dev.tokencache.operator.console.api.Operation.Group;
import dev.tokencache.operator.console.api.Operation.Parameter;
import dev.tokencache.operator.console.api.Operation.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the API description, as far as a page shows it. Blocks, for some tens of milliseconds. */
public final class Description {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head", "options");

    /** The description names the role of an operation at the end of its summary. */
    private static final Pattern SUMMARY = Pattern.compile("(.*?)(?: \\(role (\\w+)\\))?");

    private static final ObjectWriter JSON = new ObjectMapper()
            .writer(new DefaultPrettyPrinter(
                    Separators.createDefaultInstance().withObjectFieldValueSpacing(Spacing.AFTER)));

    private final JsonNode root;

    private Description(JsonNode root) {
        this.root = root;
    }

    /** The operations of this service by tag, in the order of the file. */
    public static List<Group> read() {
        return parse(ApiDescription.yaml());
    }

    static List<Group> parse(byte[] yaml) {
        try {
            return new Description(new ObjectMapper(new YAMLFactory()).readTree(yaml)).groups();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Group> groups() {
        Map<String, List<Operation>> byTag = new LinkedHashMap<>();
        root.path("tags").forEach(tag -> byTag.put(text(tag, "name"), new ArrayList<>()));
        root.path("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(method -> METHODS.contains(method.getKey()))
                .forEach(method -> byTag.computeIfAbsent(
                                method.getValue().at("/tags/0").asText(), tag -> new ArrayList<>())
                        .add(operation(path.getKey(), path.getValue(), method.getKey(), method.getValue()))));
        Map<String, String> descriptions = new LinkedHashMap<>();
        root.path("tags").forEach(tag -> descriptions.put(text(tag, "name"), text(tag, "description")));
        return byTag.entrySet().stream()
                .map(tag ->
                        new Group(tag.getKey(), descriptions.getOrDefault(tag.getKey(), tag.getKey()), tag.getValue()))
                .toList();
    }

    private Operation operation(String path, JsonNode pathItem, String method, JsonNode operation) {
        Matcher summary = SUMMARY.matcher(text(operation, "summary"));
        Set<String> schemes = schemes(operation);
        return new Operation(
                text(operation, "operationId"),
                method.toUpperCase(Locale.ROOT),
                path,
                summary.matches() ? summary.group(1) : "",
                Optional.ofNullable(summary.group(2)).orElse(""),
                text(operation, "description"),
                schemes.contains("caller"),
                schemes.contains("bearer"),
                Stream.concat(items(pathItem.path("parameters")), items(operation.path("parameters")))
                        .map(this::parameter)
                        .toList(),
                body(resolved(operation.path("requestBody"))),
                operation.path("responses").properties().stream()
                        .map(response -> response(response.getKey(), resolved(response.getValue())))
                        .toList());
    }

    private Set<String> schemes(JsonNode operation) {
        JsonNode security = operation.has("security") ? operation.path("security") : root.path("security");
        Set<String> schemes = new TreeSet<>();
        security.forEach(requirement -> requirement.fieldNames().forEachRemaining(schemes::add));
        return schemes;
    }

    private Parameter parameter(JsonNode parameter) {
        return new Parameter(
                text(parameter, "name"),
                text(parameter, "in"),
                parameter.path("required").asBoolean(),
                text(parameter, "description"),
                parameter.path("example").asText());
    }

    private Optional<Body> body(JsonNode body) {
        return body.path("content").properties().stream().findFirst().map(content -> {
            boolean isForm = content.getKey().contains("form");
            return new Body(
                    content.getKey(),
                    body.path("required").asBoolean(),
                    fields(content.getValue().path("schema")),
                    examples(content.getValue(), isForm));
        });
    }

    private Response response(String status, JsonNode response) {
        return new Response(
                status,
                text(response, "description"),
                response.path("headers").properties().stream()
                        .map(header -> field(header.getKey(), header.getValue(), false))
                        .toList(),
                items(response.path("content"))
                        .flatMap(content -> examples(content, false).stream())
                        .toList());
    }

    /** The fields of an object, or of each alternative. */
    private List<Field> fields(JsonNode schema) {
        JsonNode object = resolved(schema);
        Set<String> required =
                items(object.path("required")).map(JsonNode::asText).collect(Collectors.toSet());
        return Stream.concat(
                        object.path("properties").properties().stream()
                                .map(property -> field(
                                        property.getKey(), property.getValue(), required.contains(property.getKey()))),
                        Stream.of("oneOf", "anyOf", "allOf")
                                .flatMap(name -> items(object.path(name)))
                                .flatMap(part -> fields(part).stream()))
                .toList();
    }

    private Field field(String name, JsonNode node, boolean isRequired) {
        JsonNode value = resolved(node);
        String description =
                text(node, "description").isEmpty() ? text(value, "description") : text(node, "description");
        return new Field(name, type(value.has("schema") ? value.path("schema") : value), isRequired, description);
    }

    private String type(JsonNode schema) {
        JsonNode value = resolved(schema);
        return value.has("type")
                ? text(value, "type")
                : items(value.path("oneOf")).map(this::type).distinct().collect(Collectors.joining(" or "));
    }

    private List<Example> examples(JsonNode content, boolean isForm) {
        if (content.has("example")) {
            return List.of(new Example("", written(content.path("example"), isForm)));
        }
        return content.path("examples").properties().stream()
                .map(named -> {
                    JsonNode example = resolved(named.getValue());
                    String summary = text(example, "summary");
                    return new Example(
                            summary.isEmpty() ? named.getKey() : summary, written(example.path("value"), isForm));
                })
                .toList();
    }

    private static String written(JsonNode example, boolean isForm) {
        if (isForm) {
            return example.properties().stream()
                    .map(field -> field.getKey() + "="
                            + URLEncoder.encode(field.getValue().asText(), StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&"));
        }
        try {
            return JSON.writeValueAsString(example);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The items of an array, or the values of an object, without references. */
    private Stream<JsonNode> items(JsonNode node) {
        List<JsonNode> items = new ArrayList<>();
        node.forEach(item -> items.add(resolved(item)));
        return items.stream();
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? root.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText();
    }
}
