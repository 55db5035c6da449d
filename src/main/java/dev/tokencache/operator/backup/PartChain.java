package dev.tokencache.operator.backup;

import dev.tokencache.seal.Place;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.Sha256;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Protects the parts of a file. Each has a checksum of itself and of the one before, so none can be changed, missing or in
 * another place. A sealed part is also encrypted for its place, so no one without the key can write it or move it. Not
 * thread-safe.
 *
 * <pre>
 * file   magic (8 bytes) | version (1) | header | chunks | trailer
 * part   type (1) | length of the body (4) | body | SHA-256 of the checksum before, type, length and body (32)
 * </pre>
 */
final class PartChain {

    static final byte[] MAGIC = {'T', 'C', 'B', 'A', 'C', 'K', 'U', 'P'};
    static final byte VERSION = 1;

    static final byte HEADER = 'H';
    static final byte CHUNK = 'C';
    static final byte TRAILER = 'T';

    static final int HEAD_BYTES = 5;
    static final int CHECKSUM_BYTES = 32;
    static final int MAX_BODY = 1 << 25;

    private byte[] last;

    PartChain() {
        this(Sha256.hash(MAGIC));
    }

    private PartChain(byte[] last) {
        this.last = last;
    }

    PartChain copy() {
        return new PartChain(last);
    }

    /** The whole part; the next one depends on it. */
    byte[] append(byte type, byte[] body) {
        last = checksum(type, body);
        return ByteBuffer.allocate(HEAD_BYTES + body.length + CHECKSUM_BYTES)
                .put(type)
                .putInt(body.length)
                .put(body)
                .put(last)
                .array();
    }

    /** Whether a checksum is that of a part; then the next one depends on it. */
    boolean accept(byte type, byte[] body, byte[] found) {
        byte[] checksum = checksum(type, body);
        if (!Arrays.equals(checksum, found)) {
            return false;
        }
        last = checksum;
        return true;
    }

    private byte[] checksum(byte type, byte[] body) {
        return Sha256.hash(ByteBuffer.allocate(CHECKSUM_BYTES + HEAD_BYTES + body.length)
                .put(last)
                .put(type)
                .putInt(body.length)
                .put(body)
                .array());
    }

    /** The body of the next part, sealed if there is an active key. */
    byte[] seal(byte[] content, Seal seal) {
        return seal.encrypt(content, Place.ofBackup(last)).orElse(content);
    }

    /** The content of the next part. Throws {@link IllegalArgumentException} if it does not verify. */
    byte[] open(byte[] body, Seal seal) {
        return seal.decrypt(body, Place.ofBackup(last));
    }
}
