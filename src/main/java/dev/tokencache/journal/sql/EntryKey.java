package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalEntry;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import java.util.Base64;
import java.util.Comparator;

/**
 * The primary key of a row. Keys of different kinds are related, so that one lookup finds all rows about a token: a record
 * and the expiry of a foreign token have the same text, and an expiry by id starts with its subject's tag.
 *
 * @param text a token's id (40 characters), a token's hash (24) or a subject's tag (16), all base64url
 */
record EntryKey(EntryKind kind, String text) {

    /** The order in which every transaction changes rows, to avoid deadlocks. */
    static final Comparator<EntryKey> ORDER =
            Comparator.comparing(EntryKey::kind).thenComparing(EntryKey::text);

    private static final int HASH_LENGTH = TokenHash.BYTES / 3 * 4;

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
        return new EntryKey(EntryKind.EXPIRY, text);
    }

    static EntryKey ofNotBefore(RoutingTag subject) {
        return new EntryKey(EntryKind.NOT_BEFORE, subject.value());
    }

    static EntryKey ofRecord(TokenHash token) {
        return new EntryKey(EntryKind.RECORD, token.text());
    }

    static EntryKey ofValidation(TokenHash token) {
        return new EntryKey(EntryKind.VALIDATION, token.text());
    }

    /** Parses the key of an expiry. Throws {@link IllegalArgumentException} if it names no token. */
    static TokenLocator expired(String text) {
        if (text.length() == HASH_LENGTH) {
            return new TokenLocator.Foreign(hash(text));
        }
        return new TokenLocator.ById(
                TokenId.parse(text).orElseThrow(() -> new IllegalArgumentException("the key is not a token id")));
    }

    /** Parses a token's hash. Throws {@link IllegalArgumentException} if it is malformed. */
    static TokenHash hash(String text) {
        return TokenHash.ofBytes(Base64.getUrlDecoder().decode(text));
    }
}
