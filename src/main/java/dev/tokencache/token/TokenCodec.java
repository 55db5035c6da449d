package dev.tokencache.token;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Spells a token's record as bytes, and reads it: for Redis, and for the journal. Pure; compact, because memory in Redis is
 * what tokens cost.
 *
 * <pre>
 * byte  0      version (upper three bits) and what is there (lower five)
 *       1– 6   issued at, milliseconds since the epoch, big-endian
 *       7–12   end, milliseconds since the epoch, big-endian: from then on the token is inactive
 *       then   lifetime; latest end - issued at, if that is another; idle timeout, expires at - issued at,
 *              last seen - issued at (milliseconds), if there is an idle timeout; all as varints
 *       then   client id, subject, scope?, audience? as length and UTF-8; claims as all the rest
 * </pre>
 *
 * Scripts in Redis read bytes 1 to 12, so these stay where they are in every version.
 */
public final class TokenCodec {

    private static final int VERSION = 1;
    private static final int VERSION_SHIFT = 5;

    private static final int HAS_IDLE_TIMEOUT = 1;
    private static final int HAS_RENEWABLE_UNTIL = 1 << 1;
    private static final int HAS_SCOPE = 1 << 2;
    private static final int HAS_AUDIENCE = 1 << 3;
    private static final int HAS_CLAIMS = 1 << 4;

    private TokenCodec() {}

    /** The record of a token; its id is not in it. */
    public static byte[] encode(Token token) {
        RecordWriter out = new RecordWriter();
        boolean hasRenewableUntil = token.renewableUntil() - token.issuedAt() != token.lifetime();
        out.fixed(VERSION << VERSION_SHIFT | parts(token, hasRenewableUntil), 1);
        out.fixed(token.issuedAtMillis(), 6);
        out.fixed(token.endMillis(), 6);
        out.varint(token.lifetime());
        if (hasRenewableUntil) {
            out.varint(token.renewableUntil() - token.issuedAt());
        }
        if (token.idleTimeout() != 0) {
            out.varint(token.idleTimeout());
            out.varint(token.expiresAt() - token.issuedAt());
            out.varint(token.lastSeenMillis() - token.issuedAtMillis());
        }
        out.text(token.clientId());
        out.text(token.sub());
        writeOptional(out, token);
        return out.toBytes();
    }

    private static int parts(Token token, boolean hasRenewableUntil) {
        return (token.idleTimeout() != 0 ? HAS_IDLE_TIMEOUT : 0)
                | (hasRenewableUntil ? HAS_RENEWABLE_UNTIL : 0)
                | (token.scope() != null ? HAS_SCOPE : 0)
                | (token.aud() != null ? HAS_AUDIENCE : 0)
                | (token.claims() != null ? HAS_CLAIMS : 0);
    }

    private static void writeOptional(RecordWriter out, Token token) {
        if (token.scope() != null) {
            out.text(token.scope());
        }
        Audience aud = token.aud();
        if (aud != null) {
            // 0 says "one string, not an array".
            out.varint(aud.single() ? 0 : aud.values().size());
            aud.values().forEach(out::text);
        }
        if (token.claims() != null) {
            out.rest(token.claims().json());
        }
    }

    /**
     * The token of a record.
     *
     * @throws IllegalArgumentException if that is no record, or one of a later version
     */
    public static Token decode(TokenId id, byte[] record) {
        try {
            return decode(id, new RecordReader(record));
        } catch (IndexOutOfBoundsException | NegativeArraySizeException cutShort) {
            throw new IllegalArgumentException("not the record of a token", cutShort);
        }
    }

    private static Token decode(TokenId id, RecordReader in) {
        int head = (int) in.fixed(1);
        if (head >>> VERSION_SHIFT != VERSION) {
            throw new IllegalArgumentException("a record of version " + (head >>> VERSION_SHIFT));
        }
        long issuedAtMillis = in.fixed(6);
        long issuedAt = Math.floorDiv(issuedAtMillis, 1000L);
        long expiresAt = Math.floorDiv(in.fixed(6), 1000L);
        long lifetime = in.varint();
        long renewableUntil = issuedAt + ((head & HAS_RENEWABLE_UNTIL) != 0 ? in.varint() : lifetime);
        long idleTimeout = 0;
        long lastSeenMillis = issuedAtMillis;
        if ((head & HAS_IDLE_TIMEOUT) != 0) {
            idleTimeout = in.varint();
            expiresAt = issuedAt + in.varint();
            lastSeenMillis = issuedAtMillis + in.varint();
        }
        String clientId = in.text();
        String sub = in.text();
        return new Token(
                id,
                sub,
                clientId,
                issuedAtMillis,
                expiresAt,
                renewableUntil,
                lifetime,
                idleTimeout,
                lastSeenMillis,
                (head & HAS_SCOPE) != 0 ? in.text() : null,
                (head & HAS_AUDIENCE) != 0 ? audience(in) : null,
                (head & HAS_CLAIMS) != 0 ? Claims.ofJson(in.rest()) : null);
    }

    private static @Nullable Audience audience(RecordReader in) {
        long count = in.varint();
        if (count == 0) {
            return Audience.of(in.text());
        }
        List<String> values = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            values.add(in.text());
        }
        return Audience.of(values);
    }

    /** Writes numbers and texts one behind the other. */
    private static final class RecordWriter {
        private byte[] bytes = new byte[96];
        private int length;

        void fixed(long value, int width) {
            ensure(width);
            for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
                bytes[length++] = (byte) (value >>> shift);
            }
        }

        /** Seven bits a byte, the lowest first; the top bit says that more follow. */
        void varint(long value) {
            ensure(10);
            long left = value;
            while ((left & ~0x7fL) != 0) {
                bytes[length++] = (byte) (left | 0x80);
                left >>>= 7;
            }
            bytes[length++] = (byte) left;
        }

        void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            varint(utf8.length);
            rest(utf8);
        }

        void rest(byte[] rest) {
            ensure(rest.length);
            System.arraycopy(rest, 0, bytes, length, rest.length);
            length += rest.length;
        }

        private void ensure(int more) {
            if (bytes.length - length < more) {
                bytes = java.util.Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
            }
        }

        byte[] toBytes() {
            return java.util.Arrays.copyOf(bytes, length);
        }
    }

    /** Reads what a {@link RecordWriter} wrote. */
    private static final class RecordReader {
        private final byte[] bytes;
        private int at;

        RecordReader(byte[] bytes) {
            this.bytes = bytes;
        }

        long fixed(int width) {
            long value = 0;
            for (int i = 0; i < width; i++) {
                value = value << 8 | (bytes[at++] & 0xff);
            }
            return value;
        }

        long varint() {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                byte next = bytes[at++];
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException("a number without an end");
        }

        String text() {
            int length = (int) varint();
            String text = new String(bytes, at, length, StandardCharsets.UTF_8);
            at += length;
            return text;
        }

        byte[] rest() {
            return java.util.Arrays.copyOfRange(bytes, at, bytes.length);
        }
    }
}
