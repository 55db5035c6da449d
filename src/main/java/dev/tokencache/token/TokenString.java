package dev.tokencache.token;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A token string: the secret that a browser or client holds.
 *
 * <p>The service's own are {@code tc1_} and 72 characters of base64url, which encode:
 *
 * <pre>
 * bytes  0– 2  the id of the key
 *        3–14  the routing tag of the subject
 *       15–19  the maximum expiry, seconds since the epoch, big-endian
 *       20–39  160 random bits
 *       40–53  HMAC-SHA-256 of all bytes before, truncated to 112 bits
 * </pre>
 *
 * The parts together are a whole number of base64 groups. Without padding or spare bits, each token has exactly one
 * encoding.
 *
 * @param value the secret; {@link #toString} redacts it
 */
public record TokenString(String value) {

    /** The prefix of the service's own tokens. */
    public static final String PREFIX = "tc1_";

    /** The minimum length of a foreign token, in characters. */
    public static final int MIN_LENGTH = 16;

    /** The maximum length of a foreign token, in characters. */
    public static final int MAX_LENGTH = 512;

    private static final int TAG_AT = TokenKey.ID_BYTES;
    private static final int EXPIRY_AT = TAG_AT + RoutingTag.BYTES;
    private static final int EXPIRY_BYTES = 5;
    private static final int RANDOM_AT = EXPIRY_AT + EXPIRY_BYTES;
    private static final int RANDOM_BYTES = 20;
    private static final int BYTES = RANDOM_AT + RANDOM_BYTES + TokenKey.MAC_BYTES;
    private static final int LENGTH = PREFIX.length() + BYTES / 3 * 4;
    private static final int TAG_CHARACTERS_AT = PREFIX.length() + TAG_AT / 3 * 4;

    /** Creates a token string with the active key. */
    static TokenString mint(TokenKeys keys, SecureRandom random, RoutingTag tag, long renewableUntil) {
        byte[] bytes = new byte[BYTES];
        byte[] randomBits = new byte[RANDOM_BYTES];
        random.nextBytes(randomBits);
        ByteBuffer.wrap(bytes)
                .position(TAG_AT)
                .put(tag.bytes())
                .put((byte) (renewableUntil >>> 32))
                .putInt((int) renewableUntil)
                .put(randomBits);
        keys.active().seal(bytes);
        return new TokenString(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /**
     * Where the record of this token is, at a time in seconds. Empty if the string alone proves the token inactive: it
     * is malformed, its MAC is wrong, or its maximum expiry has passed.
     */
    Optional<TokenLocator> locate(TokenKeys keys, long now) {
        if (!value.startsWith(PREFIX)) {
            return isForeign() ? Optional.of(new TokenLocator.Foreign(TokenHash.ofToken(value))) : Optional.empty();
        }
        byte[] bytes = decode();
        if (bytes == null) {
            return Optional.empty();
        }
        TokenKey key = keys.byId(TokenKey.idIn(bytes));
        if (key == null || !key.verify(bytes) || renewableUntilIn(bytes) <= now) {
            return Optional.empty();
        }
        return Optional.of(new TokenLocator.ById(id()));
    }

    /** The {@code jti} of one of the service's own tokens. The string must be well-formed. */
    TokenId id() {
        String tag = value.substring(TAG_CHARACTERS_AT, TAG_CHARACTERS_AT + RoutingTag.TEXT_LENGTH);
        return new TokenId(new RoutingTag(tag), TokenHash.ofToken(value));
    }

    /** The hash that is stored instead of the string. */
    public TokenHash hash() {
        return TokenHash.ofToken(value);
    }

    /** Whether this can be another system's token: 16 to 512 printable ASCII characters without the service's prefix. */
    public boolean isForeign() {
        int length = value.length();
        if (length < MIN_LENGTH || length > MAX_LENGTH || value.startsWith(PREFIX)) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c < 0x21 || c > 0x7e) {
                return false;
            }
        }
        return true;
    }

    private byte @Nullable [] decode() {
        if (value.length() != LENGTH) {
            return null;
        }
        try {
            // Characters outside ASCII become "?", which is not base64.
            byte[] bytes = Base64.getUrlDecoder()
                    .decode(value.substring(PREFIX.length()).getBytes(StandardCharsets.US_ASCII));
            // A string with padding decodes, but to fewer bytes.
            return bytes.length == BYTES ? bytes : null;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    private static long renewableUntilIn(byte[] bytes) {
        return (long) (bytes[EXPIRY_AT] & 0xff) << 32 | (ByteBuffer.wrap(bytes).getInt(EXPIRY_AT + 1) & 0xffff_ffffL);
    }

    @Override
    public String toString() {
        return "TokenString[redacted]";
    }
}
