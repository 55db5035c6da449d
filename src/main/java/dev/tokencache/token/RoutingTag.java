package dev.tokencache.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Names a subject in Redis keys without revealing it, so that everything kept for one subject shares a hash slot.
 *
 * <p>The first {@value #BYTES} bytes of a domain-separated SHA-256 of the subject. It must stay the same for a subject
 * whatever token key is active, so it is not keyed; at 96 bits, two subjects do not meet by chance and nobody can
 * search for a second subject that meets a given one.
 *
 * @param value the tag as unpadded base64url, 16 characters
 */
public record RoutingTag(String value) {

    /** The tag's length in bytes. */
    public static final int BYTES = 12;

    /** The length of the text form; a whole number of base64 groups, so that it can be cut out of a longer text. */
    static final int TEXT_LENGTH = BYTES / 3 * 4;

    private static final byte[] DOMAIN = "token-cache/sub/1:".getBytes(StandardCharsets.US_ASCII);

    public static RoutingTag ofSubject(String subject) {
        byte[] hash = Sha256.hash(DOMAIN, subject.getBytes(StandardCharsets.UTF_8));
        return new RoutingTag(encode(Arrays.copyOf(hash, BYTES)));
    }

    /** The tag's bytes, {@value #BYTES} of them. */
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
