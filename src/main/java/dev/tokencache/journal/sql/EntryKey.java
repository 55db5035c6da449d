package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalEntry;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The primary key of a row. Keys of different kinds are related, so that one lookup finds all rows about a token: a record
 * and the expiry of a foreign token have the same text, and an expiry by id starts with its subject's tag.
 *
 * @param text a token's id (40 characters), a token's hash (24) or a subject's tag (16), all base64url
 */
record EntryKey(Kind kind, String text) {

    enum Kind {
        /** The expiry of a token; the key is the token's id, or a foreign token's hash. */
        EXPIRY("E"),
        /** The not-before time of a subject; the key is the subject's tag. */
        NOT_BEFORE("M"),
        /** The record of a token; the key is the token's hash. */
        RECORD("T"),
        /** The last validation of a token; the key is the token's hash. */
        VALIDATION("V");

        private final String letter;

        Kind(String letter) {
            this.letter = letter;
        }

        /** The value of the column {@code kind}. */
        String letter() {
            return letter;
        }

        static Kind of(String letter) {
            return Stream.of(values())
                    .filter(kind -> kind.letter.equals(letter))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("unknown kind of entry"));
        }
    }

    /** The order in which every transaction changes rows, to avoid deadlocks. */
    static final Comparator<EntryKey> ORDER =
            Comparator.comparing(EntryKey::kind).thenComparing(EntryKey::text);

    static EntryKey of(JournalEntry entry) {
        if (entry instanceof JournalEntry.Expiry expiry) {
            return ofExpiry(expiry.token());
        }
        if (entry instanceof JournalEntry.NotBefore notBefore) {
            return ofNotBefore(notBefore.subject());
        }
        if (entry instanceof JournalEntry.Validation validation) {
            return ofValidation(validation.token().id().hash());
        }
        return ofRecord(((JournalEntry.SavedRecord) entry).record().token().id().hash());
    }

    static EntryKey ofExpiry(TokenLocator token) {
        String text = token instanceof TokenLocator.ById byId
                ? byId.id().text()
                : token.hash().text();
        return new EntryKey(Kind.EXPIRY, text);
    }

    static EntryKey ofNotBefore(RoutingTag subject) {
        return new EntryKey(Kind.NOT_BEFORE, subject.value());
    }

    static EntryKey ofRecord(TokenHash token) {
        return new EntryKey(Kind.RECORD, token.text());
    }

    static EntryKey ofValidation(TokenHash token) {
        return new EntryKey(Kind.VALIDATION, token.text());
    }

    /** Parses the key of an expiry. Throws {@link IllegalArgumentException} if it names no token. */
    static TokenLocator expired(String text) {
        if (text.length() == TokenHash.TEXT_LENGTH) {
            return new TokenLocator.Foreign(TokenHash.ofText(text));
        }
        return new TokenLocator.ById(
                TokenId.parse(text).orElseThrow(() -> new IllegalArgumentException("the key is not a token id")));
    }
}
