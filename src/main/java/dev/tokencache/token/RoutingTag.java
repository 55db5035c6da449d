package dev.tokencache.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * A subject's name in Redis keys. It does not reveal the subject, and puts all of the subject's data into one hash slot.
 *
 * <p>The first {@value #BYTES} bytes of a domain-separated SHA-256 of the subject. It is not keyed, because it must not
 * change when the active token key changes. At 96 bits, neither chance collisions nor a search for a second preimage are
 * feasible.
 *
 * @param value the tag as unpadded base64url, 16 characters
 */
public record RoutingTag(String value) {

    public static final int BYTES = 12;

    /** The length of the text form: a whole number of base64 groups, so it can be cut out of a {@code jti}. */
    public static final int TEXT_LENGTH = BYTES / 3 * 4;

    private static final byte[] DOMAIN = "token-cache/sub/1:".getBytes(StandardCharsets.US_ASCII);

    /** @throws IllegalArgumentException if the text is not a tag */
    public RoutingTag {
        if (value.length() != TEXT_LENGTH || !isBase64Url(value)) {
            throw new IllegalArgumentException("malformed routing tag");
        }
    }

    private static boolean isBase64Url(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isLetterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!isLetterOrDigit && c != '-' && c != '_') {
                return false;
            }
        }
        return true;
    }

    /** Computes the tag of a subject. Throws {@link IllegalArgumentException} for an unpaired surrogate. */
    public static RoutingTag ofSubject(String subject) {
        byte[] hash = Sha256.hash(DOMAIN, Utf8.encode(subject));
        return new RoutingTag(encode(Arrays.copyOf(hash, BYTES)));
    }

    byte[] bytes() {
        return Base64.getUrlDecoder().decode(value);
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return value;
    }
}
