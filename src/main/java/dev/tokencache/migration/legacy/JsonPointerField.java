package dev.tokencache.migration.legacy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A field of a JSON object, addressed by a JSON pointer (RFC 6901) through objects only. Extracts a scalar from it or
 * puts one there. Everything else is unchanged; numbers keep their spelling. Pure.
 */
final class JsonPointerField {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final List<String> path;

    private JsonPointerField(List<String> path) {
        this.path = path;
    }

    /**
     * @throws IllegalArgumentException naming the property, if the pointer is invalid or addresses the whole document
     */
    static JsonPointerField of(String pointer, String property) {
        if (!pointer.startsWith("/")) {
            throw new IllegalArgumentException(property + " must be a JSON pointer, such as /sub or /user/id");
        }
        return new JsonPointerField(Stream.of(pointer.substring(1).split("/", -1))
                .map(part -> part.replace("~1", "/").replace("~0", "~"))
                .toList());
    }

    /**
     * An extracted scalar and the rest of its document.
     *
     * @param rest the document without the field, minified
     * @param text the scalar, or null if there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Extracted(byte[] rest, @Nullable String text) {}

    /** Writes a scalar. */
    @FunctionalInterface
    interface Scalar {
        void writeTo(JsonGenerator out) throws IOException;
    }

    /** @throws IllegalArgumentException if the document is not a JSON object */
    Extracted extract(byte[] json) {
        ByteArrayOutputStream rest = new ByteArrayOutputStream(json.length);
        try (JsonParser in = FACTORY.createParser(json);
                JsonGenerator out = FACTORY.createGenerator(rest)) {
            begin(in);
            String text = extractFrom(in, out, 0);
            out.flush();
            return new Extracted(rest.toByteArray(), text);
        } catch (IOException malformed) {
            // No cause: its message quotes the document.
            throw new IllegalArgumentException("a record of the old store is not a JSON object");
        }
    }

    private @Nullable String extractFrom(JsonParser in, JsonGenerator out, int depth) throws IOException {
        String taken = null;
        out.writeStartObject();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            JsonToken value = in.nextToken();
            boolean isOnPath = name.equals(path.get(depth));
            if (isOnPath && depth == path.size() - 1 && isText(value)) {
                taken = in.getText();
            } else {
                out.writeFieldName(name);
                if (isOnPath && depth < path.size() - 1 && value == JsonToken.START_OBJECT) {
                    taken = extractFrom(in, out, depth + 1);
                } else {
                    copy(in, out);
                }
            }
        }
        out.writeEndObject();
        return taken;
    }

    private static boolean isText(JsonToken value) {
        return value == JsonToken.VALUE_STRING || value.isNumeric();
    }

    /** Returns the document with the scalar in the field, replacing any other value. */
    byte[] put(byte[] json, Scalar scalar) {
        ByteArrayOutputStream changed = new ByteArrayOutputStream(json.length + 64);
        try (JsonParser in = FACTORY.createParser(json);
                JsonGenerator out = FACTORY.createGenerator(changed)) {
            begin(in);
            putInto(in, out, 0, scalar);
            out.flush();
            return changed.toByteArray();
        } catch (IOException malformed) {
            throw new IllegalArgumentException("claims are not a JSON object");
        }
    }

    private void putInto(JsonParser in, JsonGenerator out, int depth, Scalar scalar) throws IOException {
        boolean isPut = false;
        out.writeStartObject();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            JsonToken value = in.nextToken();
            out.writeFieldName(name);
            if (!name.equals(path.get(depth))) {
                copy(in, out);
                continue;
            }
            isPut = true;
            if (depth < path.size() - 1 && value == JsonToken.START_OBJECT) {
                putInto(in, out, depth + 1, scalar);
            } else {
                in.skipChildren();
                writeFrom(out, depth + 1, scalar);
            }
        }
        if (!isPut) {
            out.writeFieldName(path.get(depth));
            writeFrom(out, depth + 1, scalar);
        }
        out.writeEndObject();
    }

    private void writeFrom(JsonGenerator out, int depth, Scalar scalar) throws IOException {
        if (depth == path.size()) {
            scalar.writeTo(out);
            return;
        }
        out.writeStartObject();
        out.writeFieldName(path.get(depth));
        writeFrom(out, depth + 1, scalar);
        out.writeEndObject();
    }

    private static void begin(JsonParser in) throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("a record of the old store is not a JSON object");
        }
    }

    private static void copy(JsonParser in, JsonGenerator out) throws IOException {
        JsonToken token = in.currentToken();
        if (token == JsonToken.START_OBJECT) {
            out.writeStartObject();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                out.writeFieldName(in.currentName());
                in.nextToken();
                copy(in, out);
            }
            out.writeEndObject();
        } else if (token == JsonToken.START_ARRAY) {
            out.writeStartArray();
            while (in.nextToken() != JsonToken.END_ARRAY) {
                copy(in, out);
            }
            out.writeEndArray();
        } else if (token.isNumeric()) {
            out.writeNumber(in.getText());
        } else {
            out.copyCurrentEvent(in);
        }
    }
}
