package dev.tokencache.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * The first {@value #BYTES} bytes (144 bits) of the SHA-256 of a token string, stored instead of the string.
 *
 * <p>The token cannot be derived from it, so a leaked dump contains no usable token.
 */
public final class TokenHash {

    public static final int BYTES = 18;

    /** The length of the text form: a whole number of base64 groups. */
    public static final int TEXT_LENGTH = BYTES / 3 * 4;

    private final byte[] bytes;

    private TokenHash(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @param token must be ASCII */
    static TokenHash ofToken(String token) {
        return new TokenHash(Arrays.copyOf(Sha256.hash(token.getBytes(StandardCharsets.US_ASCII)), BYTES));
    }

    /** Wraps a stored hash. Throws {@link IllegalArgumentException} unless it has {@value #BYTES} bytes. */
    public static TokenHash ofBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a token hash has " + BYTES + " bytes, not " + bytes.length);
        }
        return new TokenHash(bytes.clone());
    }

    /** Parses {@link #text}. Throws {@link IllegalArgumentException} if it is malformed. */
    public static TokenHash ofText(String text) {
        return ofBytes(Base64.getUrlDecoder().decode(text));
    }

    static TokenHash ofBytes(byte[] source, int offset) {
        return new TokenHash(Arrays.copyOfRange(source, offset, offset + BYTES));
    }

    /** The bytes. Not a copy, since every validation calls this: callers must not change them. */
    public byte[] bytes() {
        return bytes;
    }

    /** The hash as unpadded base64url, 24 characters. */
    public String text() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenHash that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return text();
    }
}
