package dev.tokencache.seal;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * XAES-256-GCM (<a href="https://c2sp.org/XAES-256-GCM">C2SP</a>): AES-256-GCM with a nonce of {@value #NONCE_BYTES} bytes. The
 * first half of the nonce derives the key (AES-CMAC as in NIST SP 800-108), the second half is the nonce of AES-GCM. Not
 * thread-safe.
 */
final class Xaes256Gcm {

    static final int NONCE_BYTES = 24;
    static final int TAG_BYTES = 16;

    private static final int BLOCK = 16;
    private static final int HALF_NONCE = NONCE_BYTES / 2;
    private static final String GCM = "AES/GCM/NoPadding";

    private final Cipher aes;
    private final Cipher decryption;
    private final byte[] subkey;

    /** @param key 32 bytes */
    Xaes256Gcm(byte[] key) throws GeneralSecurityException {
        this.aes = Cipher.getInstance("AES/ECB/NoPadding");
        this.aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
        this.decryption = Cipher.getInstance(GCM);
        this.subkey = doubled(aes.doFinal(new byte[BLOCK]));
    }

    /** The first subkey of AES-CMAC (NIST SP 800-38B section 6.1). */
    private static byte[] doubled(byte[] block) {
        byte[] doubled = new byte[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            int carried = i + 1 < BLOCK ? (block[i + 1] & 0x80) >>> 7 : 0;
            doubled[i] = (byte) (block[i] << 1 | carried);
        }
        doubled[BLOCK - 1] ^= block[0] < 0 ? (byte) 0x87 : 0;
        return doubled;
    }

    /**
     * Replaces the bytes of {@code message} from {@code from} on, which end with room for the tag, with their ciphertext and
     * tag. The nonce stands before them.
     */
    void encrypt(byte[] message, int from, byte[] associated) throws GeneralSecurityException {
        // A cipher of its own: one that was used before refuses to encrypt the same record again.
        Cipher encryption = Cipher.getInstance(GCM);
        init(encryption, Cipher.ENCRYPT_MODE, message, from - NONCE_BYTES);
        encryption.updateAAD(associated);
        encryption.doFinal(message, from, message.length - from - TAG_BYTES, message, from);
    }

    /** Decrypts the bytes from {@code from} to the end, and returns them after {@code kept} bytes of room. */
    byte[] decrypt(byte[] message, int from, byte[] associated, int kept) throws GeneralSecurityException {
        init(decryption, Cipher.DECRYPT_MODE, message, from - NONCE_BYTES);
        decryption.updateAAD(associated);
        byte[] plain = new byte[kept + message.length - from - TAG_BYTES];
        decryption.doFinal(message, from, message.length - from, plain, kept);
        return plain;
    }

    private void init(Cipher gcm, int mode, byte[] message, int nonceAt) throws GeneralSecurityException {
        byte[] blocks = new byte[2 * BLOCK];
        for (int block = 0; block < blocks.length; block += BLOCK) {
            blocks[block + 1] = (byte) (1 + block / BLOCK);
            blocks[block + 2] = 'X';
            System.arraycopy(message, nonceAt, blocks, block + 4, HALF_NONCE);
            for (int i = 0; i < BLOCK; i++) {
                blocks[block + i] ^= subkey[i];
            }
        }
        gcm.init(
                mode,
                new SecretKeySpec(aes.doFinal(blocks), "AES"),
                new GCMParameterSpec(8 * TAG_BYTES, message, nonceAt + HALF_NONCE, HALF_NONCE));
    }
}
