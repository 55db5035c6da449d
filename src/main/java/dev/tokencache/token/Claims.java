package dev.tokencache.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A JSON object that the caller attaches to a token: minified UTF-8, never parsed during a validation. */
public final class Claims {

    /** The maximum size, in bytes of minified UTF-8 JSON. */
    public static final int MAX_BYTES = 4096;

    public static final int MAX_DEPTH = MinifiedJson.MAX_DEPTH;

    private final byte[] json;

    private Claims(byte[] json) {
        this.json = json;
    }

    /**
     * Wraps a minified JSON object in UTF-8, which is not copied and must not change. Throws {@link
     * IllegalArgumentException} if it is too large, or not an object that every response can contain.
     */
    public static Claims ofJson(byte[] json) {
        if (json.length > MAX_BYTES || !MinifiedJson.isObject(json)) {
            throw new IllegalArgumentException("claims are not a JSON object of at most " + MAX_BYTES + " bytes");
        }
        return new Claims(json);
    }

    /** The JSON in UTF-8. Not a copy: callers must not change it. */
    public byte[] json() {
        return json;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Claims that && Arrays.equals(json, that.json);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(json);
    }

    @Override
    public String toString() {
        return new String(json, StandardCharsets.UTF_8);
    }
}
