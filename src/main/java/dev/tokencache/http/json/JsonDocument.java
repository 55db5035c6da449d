package dev.tokencache.http.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object to write, for documents that are rarely requested; its values are what Jackson writes without reflection. Not
 * thread-safe.
 */
public final class JsonDocument extends LinkedHashMap<String, Object> {

    private static final long serialVersionUID = 1L;

    /** Created with the first document. */
    private static final class Mapper {
        private static final ObjectMapper JSON = new ObjectMapper();
    }

    /** Adds a member after the present ones; leaves it out if it is null. */
    public JsonDocument with(String name, @Nullable Object value) {
        if (value != null) {
            put(name, value);
        }
        return this;
    }

    /** This document as UTF-8. */
    public byte[] bytes() {
        try {
            return Mapper.JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a value cannot be written as JSON", e);
        }
    }
}
