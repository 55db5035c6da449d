package dev.tokencache.token;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of one or two byte strings. Thread-safe: each call creates its own digest. */
public final class Sha256 {

    private Sha256() {}

    public static byte[] hash(byte[] input) {
        return digest().digest(input);
    }

    static byte[] hash(byte[] prefix, byte[] input) {
        MessageDigest digest = digest();
        digest.update(prefix);
        return digest.digest(input);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
