package dev.tokencache.migration.legacy;

import dev.tokencache.seal.Place;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import io.vertx.redis.client.Response;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Our own record next to a token of the old store: its data when it was created or renewed here, or the moment when it
 * was expired here.
 *
 * <pre>
 * x, then the expiry in decimal milliseconds
 * r, length of the old key (2 bytes), the old key, length of the nonce (1 byte, 0 for our own strings), the nonce,
 *    length of the subject's routing tag (1 byte), the tag, the record of {@link Seal#encode}
 * </pre>
 */
sealed interface SidecarRecord {

    /** The value of the Redis key. */
    byte[] bytes(byte[] redisKey, Seal seal);

    /** The token was expired, in milliseconds since the epoch. */
    record Expired(long atMillis) implements SidecarRecord {

        @Override
        public byte[] bytes(byte[] redisKey, Seal seal) {
            return ("x" + atMillis).getBytes(StandardCharsets.US_ASCII);
        }
    }

    /**
     * The token was created or renewed here; the nonce identifies its creation, and is null for our own strings.
     *
     * @param read the value that was read, which a write expects to find unchanged; null for a new record
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Stored(byte[] key, Token token, @Nullable String foreignNonce, byte @Nullable [] read)
            implements SidecarRecord {

        Stored(byte[] key, Token token, @Nullable String foreignNonce) {
            this(key, token, foreignNonce, null);
        }

        @Override
        public byte[] bytes(byte[] redisKey, Seal seal) {
            if (read != null) {
                return read;
            }
            byte[] nonce = foreignNonce == null ? new byte[0] : foreignNonce.getBytes(StandardCharsets.US_ASCII);
            byte[] tag = token.id().tag().value().getBytes(StandardCharsets.US_ASCII);
            byte[] head = ByteBuffer.allocate(1 + 2 + key.length + 1 + nonce.length + 1 + tag.length)
                    .put((byte) 'r')
                    .putShort((short) key.length)
                    .put(key)
                    .put((byte) nonce.length)
                    .put(nonce)
                    .put((byte) tag.length)
                    .put(tag)
                    .array();
            byte[] record = seal.encode(token, Place.ofSidecar(redisKey, head));
            byte[] bytes = Arrays.copyOf(head, head.length + record.length);
            System.arraycopy(record, 0, bytes, head.length, record.length);
            return bytes;
        }
    }

    /** This record, if the token was created or renewed here. */
    default Optional<Stored> stored() {
        return this instanceof Stored stored ? Optional.of(stored) : Optional.empty();
    }

    /** @throws IllegalArgumentException if the reply to GET is not a sidecar record, or does not verify */
    static Optional<SidecarRecord> of(@Nullable Response reply, TokenHash hash, byte[] redisKey, Seal seal) {
        if (reply == null) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(reply.toBytes());
        try {
            return switch (in.get()) {
                case 'x' -> Optional.of(new Expired(Long.parseLong(text(in, in.remaining()))));
                case 'r' -> Optional.of(stored(in, hash, redisKey, seal));
                default -> throw new IllegalArgumentException("not a sidecar record");
            };
        } catch (BufferUnderflowException tooShort) {
            throw new IllegalArgumentException("not a sidecar record");
        }
    }

    private static Stored stored(ByteBuffer in, TokenHash hash, byte[] redisKey, Seal seal) {
        byte[] key = bytes(in, in.getShort() & 0xffff);
        String nonce = text(in, in.get() & 0xff);
        RoutingTag tag = new RoutingTag(text(in, in.get() & 0xff));
        Place place = Place.ofSidecar(redisKey, Arrays.copyOf(in.array(), in.position()));
        Token token = seal.decode(new TokenId(tag, hash), bytes(in, in.remaining()), place)
                .token();
        return new Stored(key, token, nonce.isEmpty() ? null : nonce, in.array());
    }

    private static String text(ByteBuffer in, int length) {
        return new String(bytes(in, length), StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
