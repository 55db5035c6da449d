package dev.tokencache.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.oas.OpenApi31;
import io.restassured.filter.Filter;
import io.restassured.filter.FilterContext;
import io.restassured.response.Response;
import io.restassured.specification.FilterableRequestSpecification;
import io.restassured.specification.FilterableResponseSpecification;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fails a test whose request got a response that {@code openapi.yaml} does not describe: its status, its media type, or a
 * member of its body. Thread-safe.
 */
public final class DescribedResponses implements Filter {

    /** Schemas of OpenAPI 3.1. The members of the description that are no schemas are no keywords. */
    private static final JsonMetaSchema DIALECT = JsonMetaSchema.builder(OpenApi31.getInstance())
            .unknownKeywordFactory((name, context) -> new NonValidationKeyword(name))
            .build();

    private static final String FILE = "META-INF/openapi.yaml";
    private static final String BASE = "classpath:" + FILE + "#";
    private static final String FORWARD_AUTH = "/v1/auth";

    /** The errors that any request can get. All others must be described one by one. */
    private static final Set<Integer> NEVER_EXPLICIT = Set.of(408, 414, 431, 500, 501, 505);

    /** Created after the constants that it uses. */
    public static final DescribedResponses FILTER = new DescribedResponses();

    private final ObjectMapper json = new ObjectMapper();
    private final JsonNode description = read();
    private final JsonSchemaFactory schemas =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012, builder -> builder.metaSchema(DIALECT)
                    .defaultMetaSchemaIri(DIALECT.getIri()));
    private final Map<String, JsonSchema> schemaAt = new ConcurrentHashMap<>();
    private final Map<String, Pattern> patternOf = new ConcurrentHashMap<>();

    private DescribedResponses() {}

    private static JsonNode read() {
        try (InputStream file = DescribedResponses.class.getClassLoader().getResourceAsStream(FILE)) {
            return new ObjectMapper(new YAMLFactory()).readTree(Objects.requireNonNull(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Response filter(
            FilterableRequestSpecification request, FilterableResponseSpecification expected, FilterContext context) {
        Response response = context.next(request, expected);
        check(request.getMethod(), URI.create(request.getURI()).getRawPath(), response);
        return response;
    }

    /** Ignores a response to a path that is not described, and to OPTIONS, which only has an {@code Allow}. */
    void check(String method, @Nullable String path, Response response) {
        if (method.equals("OPTIONS")) {
            return;
        }
        pathAt(path).ifPresent(described -> {
            String call = method + " " + described + ": " + response.statusCode();
            check(call, answerAt(method, described, response.statusCode()), method.equals("HEAD"), response);
        });
    }

    /** The name of a path in the description. */
    private Optional<String> pathAt(@Nullable String path) {
        if (path == null) {
            return Optional.empty();
        }
        if (path.equals(FORWARD_AUTH) || path.startsWith(FORWARD_AUTH + "/")) {
            return Optional.of(FORWARD_AUTH);
        }
        return StreamSupport.stream(((Iterable<String>) description.path("paths")::fieldNames).spliterator(), false)
                .filter(name -> pattern(name).matcher(path).matches())
                // A fixed name before a parameter.
                .min((one, other) -> Boolean.compare(one.contains("{"), other.contains("{")));
    }

    private Pattern pattern(String name) {
        return patternOf.computeIfAbsent(
                name, path -> Pattern.compile(Pattern.quote(path).replaceAll("\\{\\w+}", "\\\\E[^/]+\\\\Q")));
    }

    /** The place of a response in the description: a JSON pointer. */
    private String answerAt(String method, String path, int status) {
        String name = path.equals(FORWARD_AUTH) || method.equals("HEAD") ? "get" : method.toLowerCase(Locale.ROOT);
        String at = "/paths/" + path.replace("/", "~1") + "/" + name;
        if (description.at(at).isMissingNode()) {
            // A path of the API, and a method that it does not have.
            return "/components/responses/" + (path.startsWith("/oauth2") ? "OAuth" : "") + "MethodNotAllowed";
        }
        String answer = at + "/responses/" + (NEVER_EXPLICIT.contains(status) ? "default" : status);
        String reference = description.at(answer).path("$ref").asText("#" + answer);
        return reference.substring(1);
    }

    private void check(String call, String at, boolean isHead, Response response) {
        JsonNode answer = description.at(at);
        assertThat(answer.isMissingNode()).as(call + " is not in " + FILE).isFalse();
        if (response.asByteArray().length == 0) {
            assertThat(isHead || answer.path("content").isMissingNode())
                    .as(call + " has no body")
                    .isTrue();
            return;
        }
        String type = response.contentType().split(";", 2)[0];
        String schema = at + "/content/" + type.replace("/", "~1") + "/schema";
        assertThat(description.at(schema).isMissingNode())
                .as(call + " has a body of " + type + ", which has no schema in " + FILE)
                .isFalse();
        if (!type.endsWith("json")) {
            return;
        }
        assertThat(schema(schema).validate(parse(response)).stream()
                        .map(Object::toString)
                        .collect(Collectors.joining("; ")))
                .as(call + " " + response.asString())
                .isEmpty();
    }

    /** A schema that also refuses members without a description. */
    private JsonSchema schema(String at) {
        return schemaAt.computeIfAbsent(at, pointer -> {
            ObjectNode strict = JsonNodeFactory.instance.objectNode();
            strict.put("$ref", BASE + pointer).put("unevaluatedProperties", false);
            return schemas.getSchema(strict);
        });
    }

    private JsonNode parse(Response response) {
        try {
            return json.readTree(response.asByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
