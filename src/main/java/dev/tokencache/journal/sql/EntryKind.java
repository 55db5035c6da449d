package dev.tokencache.journal.sql;

import java.util.stream.Stream;

enum EntryKind {
    /** The expiry of a token; the key is the token's id, or a foreign token's hash. */
    EXPIRY("E"),
    /** The not-before time of a subject; the key is the subject's tag. */
    NOT_BEFORE("M"),
    /** The record of a token; the key is the token's hash. */
    RECORD("T"),
    /** The last validation of a token; the key is the token's hash. */
    VALIDATION("V");

    private final String letter;

    EntryKind(String letter) {
        this.letter = letter;
    }

    /** The value of the column {@code kind}. */
    String letter() {
        return letter;
    }

    static EntryKind of(String letter) {
        return Stream.of(values())
                .filter(kind -> kind.letter.equals(letter))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown kind of entry"));
    }
}
