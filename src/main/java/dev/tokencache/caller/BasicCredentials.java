package dev.tokencache.caller;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of an {@code Authorization: Basic} header (RFC 7617, in UTF-8), not yet verified.
 *
 * @param secret {@link #toString} redacts it
 */
record BasicCredentials(String id, String secret) {

    private static final String SCHEME = "Basic ";

    /** Parses a header value. Returns empty if it is missing, of another scheme, or malformed. */
    static Optional<BasicCredentials> parse(@Nullable String header) {
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        try {
            byte[] bytes =
                    Base64.getDecoder().decode(header.substring(SCHEME.length()).trim());
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            int colon = text.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new BasicCredentials(text.substring(0, colon), text.substring(colon + 1)));
        } catch (IllegalArgumentException | CharacterCodingException malformed) {
            return Optional.empty();
        }
    }

    /** Returns the form-decoded credentials (RFC 6749 section 2.3.1), or empty if decoding changes nothing. */
    Optional<BasicCredentials> formDecoded() {
        try {
            BasicCredentials decoded = new BasicCredentials(
                    URLDecoder.decode(id, StandardCharsets.UTF_8), URLDecoder.decode(secret, StandardCharsets.UTF_8));
            return decoded.equals(this) ? Optional.empty() : Optional.of(decoded);
        } catch (IllegalArgumentException notEncoded) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "BasicCredentials[id=" + id + ", secret=redacted]";
    }
}
