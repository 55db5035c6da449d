package dev.tokencache.token;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A key that authenticates token strings (HMAC-SHA-256, RFC 2104). Thread-safe. */
final class TokenKey {

    /** The length of the short key id in a token string, in bytes. */
    static final int ID_BYTES = 3;

    /** The length of the truncated HMAC in a token string, in bytes: 112 bits. */
    static final int MAC_BYTES = 14;

    private static final String ALGORITHM = "HmacSHA256";

    private final String kid;
    private final int id;
    private final SecretKeySpec secret;
    // A Mac is not thread-safe, and creating one costs more than using it.
    private final ThreadLocal<Mac> mac = ThreadLocal.withInitial(this::newMac);

    /** @param secret at least 32 bytes; see {@link TokenKeys#from} */
    TokenKey(String kid, byte[] secret) {
        this.kid = kid;
        this.id = idOf(kid);
        this.secret = new SecretKeySpec(secret, ALGORITHM);
    }

    /** The short key id in a token string: the first 24 bits of the SHA-256 of the configured id. */
    private static int idOf(String kid) {
        return idIn(Sha256.hash(kid.getBytes(StandardCharsets.UTF_8)));
    }

    static int idIn(byte[] bytes) {
        return (bytes[0] & 0xff) << 16 | (bytes[1] & 0xff) << 8 | (bytes[2] & 0xff);
    }

    String kid() {
        return kid;
    }

    int id() {
        return id;
    }

    /** Writes the key id into the first bytes of {@code token}, and the MAC of everything before it into the last. */
    void seal(byte[] token) {
        token[0] = (byte) (id >>> 16);
        token[1] = (byte) (id >>> 8);
        token[2] = (byte) id;
        int signed = token.length - MAC_BYTES;
        System.arraycopy(macOf(token, signed), 0, token, signed, MAC_BYTES);
    }

    /** Whether the last bytes of {@code token} are the MAC of everything before them. Takes constant time. */
    boolean verify(byte[] token) {
        int signed = token.length - MAC_BYTES;
        byte[] expected = Arrays.copyOf(macOf(token, signed), MAC_BYTES);
        return MessageDigest.isEqual(expected, Arrays.copyOfRange(token, signed, token.length));
    }

    private byte[] macOf(byte[] bytes, int length) {
        Mac own = mac.get();
        own.update(bytes, 0, length);
        return own.doFinal();
    }

    private Mac newMac() {
        try {
            Mac made = Mac.getInstance(ALGORITHM);
            made.init(secret);
            return made;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "TokenKey[" + kid + ", secret=redacted]";
    }
}
