package dev.tokencache.token;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of one or two byte strings. Thread-safe: each call has a digest of its own. */
final class Sha256 {

    private Sha256() {}

    static byte[] hash(byte[] input) {
        return digest().digest(input);
    }

    /** The hash of the two strings one behind the other. */
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
