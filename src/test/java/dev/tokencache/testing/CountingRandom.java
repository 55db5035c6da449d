package dev.tokencache.testing;

import java.security.SecureRandom;

/** A random generator whose bytes count up, for tests that compare with a literal. */
public final class CountingRandom extends SecureRandom {

    private static final long serialVersionUID = 1L;

    private int next;

    public CountingRandom(int first) {
        this.next = first;
    }

    @Override
    public void nextBytes(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) next++;
        }
    }
}
