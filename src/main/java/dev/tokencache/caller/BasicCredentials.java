package dev.tokencache.caller;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a caller says that it is: the credentials of an {@code Authorization: Basic} header (RFC 7617, in UTF-8).
 *
 * @param id the caller's id
 * @param secret its secret; {@link #toString} does not tell it
 */
record BasicCredentials(String id, String secret) {

    private static final String SCHEME = "Basic ";

    /** The credentials in a header value, or empty if there are none that could be read. */
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

    /** These credentials with their form encoding undone (RFC 6749 section 2.3.1), or empty if they have none. */
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
