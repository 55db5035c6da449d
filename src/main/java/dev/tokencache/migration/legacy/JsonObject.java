package dev.tokencache.migration.legacy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of another program, in memory. Numbers keep their spelling. Of repeated names, the last one counts. Not
 * thread-safe.
 *
 * <p>A member that no response could contain is left out: one with an unpaired surrogate, with more than {@link
 * Claims#MAX_DEPTH} levels, or with a number of more than {@value #MAX_NUMBER_LENGTH} characters.
 */
final class JsonObject {

    private static final int MAX_NUMBER_LENGTH = 1000;

    /** Without limits: a record is in memory already, and an excess affects one member only. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private static final ObjectMapper MAPPER = new ObjectMapper(FACTORY);

    /** Numbers, true, false and null are {@link RawValue}s, as spelled. */
    private final ObjectNode members = MAPPER.createObjectNode();

    /** The paths of repeated names, and of members that are left out. */
    private final Set<String> unusable = new HashSet<>();

    static JsonObject empty() {
        return new JsonObject();
    }

    static JsonObject of(Map<String, String> members) {
        JsonObject object = new JsonObject();
        members.forEach(object.members::put);
        return object;
    }

    static JsonObject of(@Nullable Claims claims) {
        return claims == null ? empty() : parse(claims.toString());
    }

    /** @throws IllegalArgumentException if the text is not one JSON object; without the text */
    static JsonObject parse(String json) {
        JsonObject object = new JsonObject();
        try (JsonParser in = FACTORY.createParser(json)) {
            if (in.nextToken() == JsonToken.START_OBJECT) {
                object.readMembers(in, object.members, "", 1);
                if (in.nextToken() == null) {
                    return object;
                }
            }
        } catch (IOException malformed) {
            // Its message quotes the record.
        }
        throw new IllegalArgumentException("a record of the old store is not a JSON object");
    }

    private void readMembers(JsonParser in, ObjectNode to, String path, int depth) throws IOException {
        Set<String> names = new HashSet<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            String own = inner(path, name);
            in.nextToken();
            JsonNode value = read(in, own, depth + 1);
            if (!names.add(name) || value == null) {
                unusable.add(own);
            }
            if (value == null || !Utf8.isWellFormed(name)) {
                to.remove(name);
            } else {
                to.set(name, value);
            }
        }
    }

    private static String inner(String path, String name) {
        return path + "\0" + name;
    }

    /** Reads a value. Returns null if no response could contain it. */
    private @Nullable JsonNode read(JsonParser in, String path, int depth) throws IOException {
        JsonToken token = in.currentToken();
        if (token.isStructStart() && depth > Claims.MAX_DEPTH) {
            in.skipChildren();
            return null;
        }
        if (token == JsonToken.START_OBJECT) {
            ObjectNode object = MAPPER.createObjectNode();
            readMembers(in, object, path, depth);
            return object;
        }
        if (token == JsonToken.START_ARRAY) {
            return readElements(in, inner(path, ""), depth);
        }
        String text = in.getText();
        if (token == JsonToken.VALUE_STRING) {
            return Utf8.isWellFormed(text) ? TextNode.valueOf(text) : null;
        }
        return text.length() <= MAX_NUMBER_LENGTH ? new POJONode(new RawValue(text)) : null;
    }

    private @Nullable JsonNode readElements(JsonParser in, String path, int depth) throws IOException {
        ArrayNode elements = MAPPER.createArrayNode();
        boolean isUsable = true;
        while (in.nextToken() != JsonToken.END_ARRAY) {
            JsonNode element = read(in, path, depth + 1);
            if (element == null) {
                isUsable = false;
            } else {
                elements.add(element);
            }
        }
        return isUsable ? elements : null;
    }

    /** Whether a name on a path is repeated, or its value left out. */
    boolean isUnusable(List<String> path) {
        String prefix = "";
        for (String name : path) {
            prefix = inner(prefix, name);
            if (unusable.contains(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** Removes and returns the string or number at a path of names; null if there is none, or several. */
    @Nullable
    String take(List<String> path) {
        JsonNode object = members;
        for (String name : path.subList(0, path.size() - 1)) {
            object = object.path(name);
        }
        String last = path.get(path.size() - 1);
        String text = isUnusable(path) ? null : scalar(object.path(last));
        if (text != null) {
            ((ObjectNode) object).remove(last);
        }
        return text;
    }

    private static @Nullable String scalar(JsonNode value) {
        if (value instanceof POJONode raw) {
            String json = String.valueOf(((RawValue) raw.getPojo()).rawValue());
            return json.startsWith("-") || Character.isDigit(json.charAt(0)) ? json : null;
        }
        return value.textValue();
    }

    /** Puts a value at a path of names, replacing any other value. */
    void put(List<String> path, JsonNode value) {
        ObjectNode object = members;
        for (String name : path.subList(0, path.size() - 1)) {
            object = object.get(name) instanceof ObjectNode inner ? inner : object.putObject(name);
        }
        object.set(path.get(path.size() - 1), value);
    }

    /** The members as texts: strings as they are, other values as JSON. */
    Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        members.properties().forEach(member -> {
            String text = member.getValue().textValue();
            texts.put(
                    member.getKey(),
                    text != null ? text : Utf8.decode(bytes(member.getValue())).orElseThrow());
        });
        return texts;
    }

    byte[] bytes() {
        return bytes(members);
    }

    private static byte[] bytes(JsonNode value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }
}
