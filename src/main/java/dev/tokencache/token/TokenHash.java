package dev.tokencache.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * What is kept of a token string instead of the string: the first {@value #BYTES} bytes (144 bits) of its SHA-256.
 *
 * <p>Does not reveal the token and can not be turned into one, so that a leaked dump holds nothing usable.
 */
public final class TokenHash {

    /** The hash's length in bytes. */
    public static final int BYTES = 18;

    private final byte[] bytes;

    private TokenHash(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @param token the token string; its characters must be ASCII */
    static TokenHash ofToken(String token) {
        return new TokenHash(Arrays.copyOf(Sha256.hash(token.getBytes(StandardCharsets.US_ASCII)), BYTES));
    }

    /**
     * The hash that was kept as bytes.
     *
     * @throws IllegalArgumentException unless there are exactly {@value #BYTES}
     */
    public static TokenHash ofBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a token hash has " + BYTES + " bytes, not " + bytes.length);
        }
        return new TokenHash(bytes.clone());
    }

    static TokenHash ofBytes(byte[] source, int offset) {
        return new TokenHash(Arrays.copyOfRange(source, offset, offset + BYTES));
    }

    /** The hash itself, not a copy: this is on the way of every validation. Callers must not change it. */
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
