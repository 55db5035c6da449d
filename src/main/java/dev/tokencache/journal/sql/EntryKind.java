package dev.tokencache.journal.sql;

/** What a row of the table is. */
enum EntryKind {
    /** A token was expired; the key is its id, or the hash of a foreign one. */
    EXPIRY("E"),
    /** A subject was expired; the key is its tag. */
    NOT_BEFORE("M"),
    /** A token's record; the key is its hash. */
    RECORD("T");

    private final String letter;

    EntryKind(String letter) {
        this.letter = letter;
    }

    /** As it is spelled in the table. */
    String letter() {
        return letter;
    }

    /** @throws IllegalArgumentException if there is no such kind */
    static EntryKind of(String letter) {
        for (EntryKind kind : values()) {
            if (kind.letter.equals(letter)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no kind of entry");
    }
}
