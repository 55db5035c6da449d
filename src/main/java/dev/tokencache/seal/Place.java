package dev.tokencache.seal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Where a value is stored. It is authenticated with the value, so that a value is worthless in another place. */
@SuppressWarnings("ArrayRecordComponent") // compared only by isSame
public record Place(char kind, byte[] key, byte[] field) {

    private static final byte[] NO_FIELD = {};

    /** The record of a token, in a field of a Redis hash. */
    public static Place ofRecord(byte[] key, byte[] field) {
        return new Place('r', key, field);
    }

    /** The not-before time in a Redis hash. */
    public static Place ofNotBefore(byte[] key) {
        return new Place('m', key, NO_FIELD);
    }

    /** The pointer of a foreign token. */
    public static Place ofPointer(byte[] key) {
        return new Place('p', key, NO_FIELD);
    }

    /** A message of a pub/sub channel. */
    public static Place ofMessage(byte[] channel) {
        return new Place('c', channel, NO_FIELD);
    }

    /** An entry of the journal. */
    public static Place ofEntry(String key) {
        return new Place('j', key.getBytes(StandardCharsets.UTF_8), NO_FIELD);
    }

    /** The record in a sidecar record of an old store, after {@code head}. */
    public static Place ofSidecar(byte[] key, byte[] head) {
        return new Place('s', key, head);
    }

    /** A part of a backup, after the checksum of all parts before it. */
    public static Place ofBackup(byte[] before) {
        return new Place('b', before, NO_FIELD);
    }

    boolean isSame(Place other) {
        return kind == other.kind && Arrays.equals(key, other.key) && Arrays.equals(field, other.field);
    }

    /** The encoding of this place, followed by the first {@code length} bytes of a content. Unambiguous. */
    byte[] with(byte[] content, int length) {
        int head = 3 + key.length + field.length;
        byte[] bytes =
                Arrays.copyOf(new byte[] {(byte) kind, (byte) (key.length >>> 8), (byte) key.length}, head + length);
        System.arraycopy(key, 0, bytes, 3, key.length);
        System.arraycopy(field, 0, bytes, 3 + key.length, field.length);
        System.arraycopy(content, 0, bytes, head, length);
        return bytes;
    }
}
