package dev.tokencache.token;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Strict UTF-8 (RFC 3629). Java replaces what it cannot convert, and would make one subject of two. */
public final class Utf8 {

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** Decodes bytes; empty if they are malformed. Keeps a byte order mark as a character. */
    public static Optional<String> decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /** Decodes a part of the bytes; empty if it is malformed. */
    public static Optional<String> decode(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        boolean isExact = text.indexOf(REPLACEMENT) < 0 || isStrict(bytes, offset, length);
        return isExact ? Optional.of(text) : Optional.empty();
    }

    private static boolean isStrict(byte[] bytes, int offset, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    /** Encodes a text. Throws {@link IllegalArgumentException} if it contains an unpaired surrogate. */
    public static byte[] encode(String text) {
        if (!isWellFormed(text)) {
            throw new IllegalArgumentException("a text contains an unpaired surrogate");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether every surrogate of the text is paired. */
    public static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (!Character.isHighSurrogate(c)
                    || i + 1 == text.length()
                    || !Character.isLowSurrogate(text.charAt(++i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether bytes are well-formed. */
    static boolean isWellFormed(byte[] bytes) {
        return decode(bytes).isPresent();
    }
}
