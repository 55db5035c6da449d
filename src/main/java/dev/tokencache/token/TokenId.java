package dev.tokencache.token;

import java.util.Base64;
import java.util.Optional;

/**
 * A token's {@code jti}: the subject's tag, and the hash that identifies the token among the subject's. It does not
 * reveal the token, is safe to log, and is enough to expire the token.
 */
public record TokenId(RoutingTag tag, TokenHash hash) {

    /** The length of the text form: a whole number of base64 groups, so each record has exactly one {@code jti}. */
    private static final int TEXT_LENGTH = (RoutingTag.BYTES + TokenHash.BYTES) / 3 * 4;

    /** Parses a {@code jti}. Returns empty if it is malformed. */
    public static Optional<TokenId> parse(String jti) {
        if (jti.length() != TEXT_LENGTH) {
            return Optional.empty();
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(jti);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        if (bytes.length != RoutingTag.BYTES + TokenHash.BYTES) {
            return Optional.empty();
        }
        return Optional.of(new TokenId(
                new RoutingTag(jti.substring(0, RoutingTag.TEXT_LENGTH)), TokenHash.ofBytes(bytes, RoutingTag.BYTES)));
    }

    /** The text form, 40 characters of base64url. */
    public String text() {
        // Both parts are whole base64 groups, so their encodings can be concatenated.
        return tag.value() + hash.text();
    }

    @Override
    public String toString() {
        return text();
    }
}
