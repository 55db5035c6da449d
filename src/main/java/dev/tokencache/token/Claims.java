package dev.tokencache.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The caller's own JSON object, kept with a token as it came: minified UTF-8 JSON, never parsed on the way of a
 * validation.
 */
public final class Claims {

    /** The most that may be kept, in bytes of minified UTF-8 JSON. */
    public static final int MAX_BYTES = 4096;

    private final byte[] json;

    private Claims(byte[] json) {
        this.json = json;
    }

    /**
     * The claims that some JSON spells.
     *
     * @param json a minified JSON object in UTF-8; it is not copied, and the caller must not change it afterwards
     */
    public static Claims ofJson(byte[] json) {
        return new Claims(json);
    }

    /** The JSON itself, not a copy: callers must not change it. */
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
