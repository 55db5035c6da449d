package dev.tokencache.operator.backup;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** What a file contains, as its last part repeats. Pure. */
record Totals(long chunks, long tokens, long expiries, long refused) {

    static final Totals NONE = new Totals(0, 0, 0, 0);

    Totals plus(Chunk chunk) {
        return new Totals(
                chunks + 1,
                tokens + chunk.tokens().size(),
                expiries + chunk.expiries().size(),
                refused + chunk.refused());
    }

    byte[] bytes() {
        return ByteBuffer.allocate(4 * Long.BYTES)
                .putLong(chunks)
                .putLong(tokens)
                .putLong(expiries)
                .putLong(refused)
                .array();
    }

    boolean isIn(byte[] bytes) {
        return Arrays.equals(bytes, bytes());
    }
}
