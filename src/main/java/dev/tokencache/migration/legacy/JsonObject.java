package dev.tokencache.migration.legacy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of another program, in memory. Numbers keep their spelling. Of repeated names, the last one counts. Not
 * thread-safe.
 *
 * <p>A member that no response could contain is left out when it is written: one with an unpaired surrogate, with more than
 * {@link Claims#MAX_DEPTH} levels, or with a number of more than {@value #MAX_NUMBER_LENGTH} characters.
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

    /** A number, true, false or null, as spelled. */
    record Plain(String json) {}

    /** The last value of a name that is repeated. */
    private record Repeated(Object value) {}

    /** An object or array with too many levels. */
    private record TooDeep() {}

    /** Values are objects (maps), arrays (lists), strings, or one of the records above. */
    private final Map<String, Object> members;

    private JsonObject(Map<String, Object> members) {
        this.members = members;
    }

    static JsonObject empty() {
        return new JsonObject(new LinkedHashMap<>());
    }

    static JsonObject of(Map<String, String> members) {
        return new JsonObject(new LinkedHashMap<>(members));
    }

    static JsonObject of(@Nullable Claims claims) {
        return claims == null ? empty() : parse(claims.toString());
    }

    /** @throws IllegalArgumentException if the text is not one JSON object; without the text */
    static JsonObject parse(String json) {
        try (JsonParser in = FACTORY.createParser(json)) {
            if (in.nextToken() == JsonToken.START_OBJECT) {
                Map<String, Object> members = members(in, 1);
                if (in.nextToken() == null) {
                    return new JsonObject(members);
                }
            }
        } catch (IOException malformed) {
            // Its message quotes the record.
        }
        throw new IllegalArgumentException("a record of the old store is not a JSON object");
    }

    private static Map<String, Object> members(JsonParser in, int depth) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            in.nextToken();
            Object value = value(in, depth + 1);
            if (members.put(name, value) != null) {
                members.put(name, new Repeated(value));
            }
        }
        return members;
    }

    private static Object value(JsonParser in, int depth) throws IOException {
        JsonToken token = in.currentToken();
        if (token.isStructStart() && depth > Claims.MAX_DEPTH) {
            in.skipChildren();
            return new TooDeep();
        }
        if (token == JsonToken.START_OBJECT) {
            return members(in, depth);
        }
        if (token == JsonToken.START_ARRAY) {
            List<Object> elements = new ArrayList<>();
            while (in.nextToken() != JsonToken.END_ARRAY) {
                elements.add(value(in, depth + 1));
            }
            return elements;
        }
        return token == JsonToken.VALUE_STRING ? in.getText() : new Plain(in.getText());
    }

    /** Whether a name on a path is repeated. */
    boolean isRepeated(List<String> path) {
        Object value = members;
        for (String name : path) {
            Map<String, Object> object = object(value);
            value = object == null ? null : object.get(name);
            if (value instanceof Repeated) {
                return true;
            }
        }
        return false;
    }

    /** Removes and returns the string or number at a path of names; null if there is none, or several. */
    @Nullable
    String take(List<String> path) {
        Map<String, Object> object = members;
        for (String name : path.subList(0, path.size() - 1)) {
            object = object == null ? null : object(object.get(name));
        }
        String last = path.get(path.size() - 1);
        String text = object == null ? null : scalar(object.get(last));
        if (object != null && text != null) {
            object.remove(last);
        }
        return text;
    }

    private static @Nullable String scalar(@Nullable Object value) {
        if (value instanceof Plain plain) {
            char first = plain.json().charAt(0);
            return first == '-' || Character.isDigit(first) ? plain.json() : null;
        }
        return value instanceof String text ? text : null;
    }

    /** Puts a string or a {@link Plain} at a path of names, replacing any other value. */
    void put(List<String> path, Object value) {
        Map<String, Object> object = members;
        for (String name : path.subList(0, path.size() - 1)) {
            Map<String, Object> inner = object(object.get(name));
            if (inner == null) {
                inner = new LinkedHashMap<>();
                object.put(name, inner);
            }
            object = inner;
        }
        object.put(path.get(path.size() - 1), value);
    }

    @SuppressWarnings("unchecked") // all maps are objects
    private static @Nullable Map<String, Object> object(@Nullable Object value) {
        return value instanceof Map ? (Map<String, Object>) value : null;
    }

    /** The members as texts: strings as they are, other values as JSON. */
    Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        members.forEach((name, value) -> texts.put(
                name,
                value instanceof String text ? text : Utf8.decode(bytes(value)).orElseThrow()));
        return texts;
    }

    byte[] bytes() {
        return bytes(members);
    }

    private static byte[] bytes(Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
            write(value, out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void write(Object value, JsonGenerator out) throws IOException {
        if (value instanceof Map) {
            out.writeStartObject();
            for (Map.Entry<?, ?> member : ((Map<?, ?>) value).entrySet()) {
                String name = (String) member.getKey();
                if (Utf8.isWellFormed(name) && isWritable(member.getValue())) {
                    out.writeFieldName(name);
                    write(member.getValue(), out);
                }
            }
            out.writeEndObject();
        } else if (value instanceof List<?> elements) {
            out.writeStartArray();
            for (Object element : elements) {
                write(element, out);
            }
            out.writeEndArray();
        } else if (value instanceof Repeated repeated) {
            write(repeated.value(), out);
        } else if (value instanceof Plain plain) {
            out.writeRawValue(plain.json());
        } else {
            out.writeString((String) value);
        }
    }

    private static boolean isWritable(Object value) {
        if (value instanceof List<?> elements) {
            return elements.stream().allMatch(JsonObject::isWritable);
        }
        if (value instanceof Repeated repeated) {
            return isWritable(repeated.value());
        }
        if (value instanceof Plain plain) {
            return plain.json().length() <= MAX_NUMBER_LENGTH;
        }
        return value instanceof Map || (value instanceof String text && Utf8.isWellFormed(text));
    }
}
