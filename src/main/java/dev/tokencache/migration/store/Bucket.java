package dev.tokencache.migration.store;

import dev.tokencache.token.TokenHash;

/** Which of a hundred equal parts a token is in: the same in every process, for as long as the token lives. */
final class Bucket {

    private Bucket() {}

    static int of(TokenHash hash) {
        byte[] bytes = hash.bytes();
        int first = (bytes[0] & 0xff) << 16 | (bytes[1] & 0xff) << 8 | bytes[2] & 0xff;
        return first % 100;
    }
}
