package dev.tokencache.seal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A key that seals. The nonce is computed from the content and its place (a synthetic nonce, as in RFC 5297), so that no
 * restart, clone or bad random generator can repeat a nonce for another content. Thread-safe.
 *
 * <pre>
 * plain part | key id (4 bytes) | nonce (24) | ciphertext of the rest | tag (16)
 * </pre>
 */
final class SealKey {

    static final int ID_BYTES = 4;

    /** How much longer a sealed record is. */
    static final int OVERHEAD = ID_BYTES + Xaes256Gcm.NONCE_BYTES + Xaes256Gcm.TAG_BYTES;

    /** The length of a key id with a MAC, in bytes. */
    static final int MAC_BYTES = ID_BYTES + 14;

    private static final String HMAC = "HmacSHA256";

    private final String kid;
    private final byte[] id;
    // Ciphers and MACs are not thread-safe, and creating them costs more than using them.
    private final ThreadLocal<Engines> engines;

    private record Engines(Xaes256Gcm cipher, Mac nonces, Mac macs) {}

    /** @param secret 32 bytes; see {@link SealKeys#of} */
    SealKey(String kid, byte[] secret) {
        this.kid = kid;
        Mac root = mac(secret);
        Function<String, byte[]> derived =
                use -> root.doFinal(("token-cache/seal/1/" + use).getBytes(StandardCharsets.US_ASCII));
        this.id = Arrays.copyOf(derived.apply("id"), ID_BYTES);
        byte[] encryption = derived.apply("encryption");
        byte[] nonces = derived.apply("nonce");
        byte[] macs = derived.apply("mac");
        this.engines = ThreadLocal.withInitial(() -> new Engines(cipher(encryption), mac(nonces), mac(macs)));
    }

    String kid() {
        return kid;
    }

    int id() {
        return idIn(id, 0);
    }

    static int idIn(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | (bytes[at + 3] & 0xff);
    }

    /** Encrypts what follows the first {@code plain} bytes, and authenticates everything and its place. */
    byte[] seal(byte[] content, int plain, Place place) {
        byte[] associated = place.with(content, plain);
        byte[] sealed = new byte[content.length + OVERHEAD];
        int at = plain + ID_BYTES;
        int encrypted = at + Xaes256Gcm.NONCE_BYTES;
        System.arraycopy(content, 0, sealed, 0, plain);
        System.arraycopy(id, 0, sealed, plain, ID_BYTES);
        System.arraycopy(content, plain, sealed, encrypted, content.length - plain);
        Engines own = engines.get();
        own.nonces().update(lengthOf(associated));
        own.nonces().update(associated);
        own.nonces().update(content, plain, content.length - plain);
        System.arraycopy(own.nonces().doFinal(), 0, sealed, at, Xaes256Gcm.NONCE_BYTES);
        try {
            own.cipher().encrypt(sealed, encrypted, associated);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed", e);
        }
        return sealed;
    }

    private static byte[] lengthOf(byte[] bytes) {
        return new byte[] {(byte) (bytes.length >>> 8), (byte) bytes.length};
    }

    /** Opens what {@link #seal} has returned. Null if it was changed or is of another place. */
    byte @Nullable [] open(byte[] sealed, int plain, Place place) {
        int encrypted = plain + ID_BYTES + Xaes256Gcm.NONCE_BYTES;
        if (sealed.length < encrypted + Xaes256Gcm.TAG_BYTES) {
            return null;
        }
        try {
            byte[] content = engines.get().cipher().decrypt(sealed, encrypted, place.with(sealed, plain), plain);
            System.arraycopy(sealed, 0, content, 0, plain);
            return content;
        } catch (GeneralSecurityException notVerified) {
            return null;
        }
    }

    /** The key id and the MAC of a content that is not encrypted. */
    byte[] mac(byte[] content, Place place) {
        byte[] mac = Arrays.copyOf(id, MAC_BYTES);
        byte[] full = engines.get().macs().doFinal(place.with(content, content.length));
        System.arraycopy(full, 0, mac, ID_BYTES, MAC_BYTES - ID_BYTES);
        return mac;
    }

    /** Whether {@link #mac} has returned this. Takes constant time. */
    boolean verify(byte[] mac, byte[] content, Place place) {
        return MessageDigest.isEqual(mac, mac(content, place));
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }

    private static Xaes256Gcm cipher(byte[] key) {
        try {
            return new Xaes256Gcm(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    @Override
    public String toString() {
        return "SealKey[" + kid + ", secret=redacted]";
    }
}
