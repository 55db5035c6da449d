package dev.tokencache.http;

import dev.tokencache.token.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Percent-encoding of UTF-8 (RFC 3986 section 2.1). Decoding is strict. */
public final class PercentEncoding {

    private static final char[] DIGITS = "0123456789ABCDEF".toCharArray();

    private PercentEncoding() {}

    /** Encodes all characters except the unreserved ones (RFC 3986 section 2.3). */
    public static String encode(String text) {
        int clean = 0;
        while (clean < text.length() && isUnreserved(text.charAt(clean))) {
            clean++;
        }
        if (clean == text.length()) {
            return text;
        }
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Encodes all bytes except those of unreserved characters. */
    public static String encode(byte[] bytes) {
        StringBuilder encoded = new StringBuilder(bytes.length + 32);
        for (byte octet : bytes) {
            if (isUnreserved((char) (octet & 0xff))) {
                encoded.append((char) octet);
            } else {
                encoded.append('%').append(DIGITS[(octet >> 4) & 0xf]).append(DIGITS[octet & 0xf]);
            }
        }
        return encoded.toString();
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }

    /** Decodes a path segment; empty if it is not percent-encoded UTF-8. */
    public static Optional<String> decode(String encoded) {
        byte[] bytes = encoded.getBytes(StandardCharsets.UTF_8);
        return octets(bytes, 0, bytes.length, false).flatMap(PercentEncoding::utf8);
    }

    /** Decodes a part of a form, as {@link #decode(String)} does; a plus sign is a space. */
    public static Optional<String> decodeForm(byte[] encoded, int from, int to) {
        return octets(encoded, from, to, true).flatMap(PercentEncoding::utf8);
    }

    /** Decodes a token in a form. One that is not UTF-8 cannot be a token: each of its bytes becomes a character. */
    public static Optional<String> decodeToken(byte[] encoded, int from, int to) {
        return octets(encoded, from, to, true).map(octets -> utf8(octets)
                .orElseGet(() -> StandardCharsets.ISO_8859_1.decode(octets).toString()));
    }

    private static Optional<ByteBuffer> octets(byte[] encoded, int from, int to, boolean plusIsSpace) {
        byte[] decoded = new byte[to - from];
        int length = 0;
        int i = from;
        while (i < to) {
            byte octet = encoded[i];
            if (octet == '%') {
                int value = i + 2 < to ? hexadecimal(encoded[i + 1], encoded[i + 2]) : -1;
                if (value < 0) {
                    return Optional.empty();
                }
                decoded[length++] = (byte) value;
                i += 3;
            } else {
                decoded[length++] = plusIsSpace && octet == '+' ? (byte) ' ' : octet;
                i++;
            }
        }
        return Optional.of(ByteBuffer.wrap(decoded, 0, length));
    }

    private static int hexadecimal(byte high, byte low) {
        int first = Character.digit(high, 16);
        int second = Character.digit(low, 16);
        return first < 0 || second < 0 ? -1 : first << 4 | second;
    }

    private static Optional<String> utf8(ByteBuffer bytes) {
        return Utf8.decode(bytes.array(), 0, bytes.limit());
    }
}
