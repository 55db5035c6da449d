package dev.tokencache.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object to write: its values are strings, numbers, truth values, lists and documents. Not thread-safe. */
public final class JsonDocument extends LinkedHashMap<String, Object> {

    private static final long serialVersionUID = 1L;

    /** Adds a member after the present ones; leaves it out if it is null. */
    public JsonDocument with(String name, @Nullable Object value) {
        if (value != null) {
            put(name, value);
        }
        return this;
    }

    /** This document as UTF-8. */
    public byte[] bytes() {
        return Json.write(json -> write(this, json));
    }

    private static void write(Object value, JsonGenerator json) throws IOException {
        if (value instanceof JsonDocument document) {
            json.writeStartObject();
            for (Map.Entry<String, Object> member : document.entrySet()) {
                json.writeFieldName(member.getKey());
                write(member.getValue(), json);
            }
            json.writeEndObject();
        } else if (value instanceof Iterable<?> elements) {
            json.writeStartArray();
            for (Object element : elements) {
                write(element, json);
            }
            json.writeEndArray();
        } else {
            json.writePOJO(value);
        }
    }
}
