package dev.tokencache.token;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes token records, for Redis and for the journal. Pure. The format is compact because Redis memory is the
 * main cost of a token.
 *
 * <pre>
 * byte  0      version (upper three bits) and flags of the optional parts (lower five)
 *       1– 6   issued at, milliseconds since the epoch, big-endian
 *       7–12   expiry, by exp or idle timeout, milliseconds since the epoch, big-endian
 *       then   varints: lifetime; maximum expiry - issued at, unless equal to the lifetime; with an idle timeout also
 *              the idle timeout, expires at - issued at, and last seen - issued at (milliseconds)
 *       then   client id, subject, scope?, audience?, each as length and UTF-8; claims up to the end of the record
 * </pre>
 *
 * Lua scripts read bytes 0 to 12 and the two lifetimes, so every version must keep their position. In a sealed record (version
 * 2) the rest is encrypted; {@code dev.tokencache.seal} does that. Records of every released version must stay readable; an
 * unknown version is an error and never an inactive token.
 */
public final class TokenCodec {

    private static final int VERSION = 1;
    private static final int SEALED_VERSION = 2;
    private static final int VERSION_SHIFT = 5;
    private static final int HAS_IDLE_TIMEOUT = 1;
    private static final int HAS_RENEWABLE_UNTIL = 1 << 1;
    private static final int HAS_SCOPE = 1 << 2;
    private static final int HAS_AUDIENCE = 1 << 3;
    private static final int HAS_CLAIMS = 1 << 4;
    private static final int PARTS = (1 << VERSION_SHIFT) - 1;
    private static final int TIMES_END = 13;

    private TokenCodec() {}

    /** Encodes a token without its id. */
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
            // 0 stands for a string, not an array.
            out.varint(aud.single() ? 0 : aud.values().size());
            aud.values().forEach(out::text);
        }
        if (token.claims() != null) {
            out.rest(token.claims().json());
        }
    }

    public static boolean isSealed(byte[] record) {
        return record.length > 0 && (record[0] & 0xff) >>> VERSION_SHIFT == SEALED_VERSION;
    }

    /** Sets the version of a record to that of sealed ones, or back. */
    public static void setSealed(byte[] record, boolean isSealed) {
        record[0] = (byte) ((isSealed ? SEALED_VERSION : VERSION) << VERSION_SHIFT | (record[0] & PARTS));
    }

    /** The length of the part that scripts read. It is more than the record's length if the record is cut short. */
    public static int plainLength(byte[] record) {
        int at = TIMES_END;
        for (int lifetimes = (record[0] & HAS_RENEWABLE_UNTIL) != 0 ? 2 : 1; lifetimes > 0; at++) {
            if (at >= record.length || record[at] >= 0) {
                lifetimes--;
            }
        }
        return at;
    }

    /** Decodes a record. Throws {@link IllegalArgumentException} if it is malformed or of an unknown version. */
    public static Token decode(TokenId id, byte[] record) {
        try {
            return decode(id, new RecordReader(record));
        } catch (IndexOutOfBoundsException | NegativeArraySizeException | ArithmeticException cutShort) {
            throw new IllegalArgumentException("malformed token record", cutShort);
        }
    }

    private static Token decode(TokenId id, RecordReader in) {
        int head = (int) in.fixed(1);
        if (head >>> VERSION_SHIFT != VERSION) {
            throw new IllegalArgumentException("unknown version of a token record: " + (head >>> VERSION_SHIFT));
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

    private static final class RecordWriter {
        private byte[] bytes = new byte[96];
        private int length;

        void fixed(long value, int width) {
            ensure(width);
            for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
                bytes[length++] = (byte) (value >>> shift);
            }
        }

        /** Writes seven bits per byte, the lowest first. The top bit marks that more bytes follow. */
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
            byte[] utf8 = Utf8.encode(text);
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
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
            }
        }

        byte[] toBytes() {
            return Arrays.copyOf(bytes, length);
        }
    }

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
            throw new IllegalArgumentException("a varint has more than 10 bytes");
        }

        String text() {
            int length = Math.toIntExact(varint());
            String text = Utf8.decode(bytes, at, length)
                    .orElseThrow(() -> new IllegalArgumentException("a text of a token record is not UTF-8"));
            at += length;
            return text;
        }

        byte[] rest() {
            return Arrays.copyOfRange(bytes, at, bytes.length);
        }
    }
}
