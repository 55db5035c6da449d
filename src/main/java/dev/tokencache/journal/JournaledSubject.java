package dev.tokencache.journal;

import dev.tokencache.token.Paging;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The journal's entries about one subject: records without expired ones, tokens that were expired and not issued again
 * since (its own, and foreign ones of any subject), and the not-before time, or {@link
 * dev.tokencache.token.Token#NOT_BEFORE_UNSET}.
 */
public record JournaledSubject(List<JournaledRecord> records, Set<TokenHash> expired, long notBeforeMillis) {

    public JournaledSubject {
        records = List.copyOf(records);
        expired = Set.copyOf(expired);
    }

    /** The latest issue of the journaled records, or {@link Token#NOT_BEFORE_UNSET}. */
    long latestIssueMillis() {
        return records.stream()
                .mapToLong(record -> record.token().issuedAtMillis())
                .max()
                .orElse(Token.NOT_BEFORE_UNSET);
    }

    /** The page to read from the store: the first page also has the journaled tokens. */
    Paging leaveRoomOn(Paging page) {
        return page.after().isPresent() ? page : new Paging(Math.max(1, page.limit() - records.size()), page.after());
    }

    /**
     * Whether a not-before time that these entries do not have ends one of the records. "Expire all but this token" may have
     * set it after these entries were read, and have issued that token again.
     */
    boolean isOlderThan(SubjectTokens stored) {
        long notBefore = stored.notBeforeMillis().orElse(Token.NOT_BEFORE_UNSET);
        return records.stream()
                .mapToLong(record -> record.token().issuedAtMillis())
                .anyMatch(issuedAt -> issuedAt <= notBefore && issuedAt > notBeforeMillis);
    }

    /** Applies these entries to a page of the store. A first page exceeds its limit only if as many are journaled. */
    SubjectTokens applyTo(SubjectTokens stored, Paging page, long nowMillis) {
        Map<TokenHash, Token> tokens = new HashMap<>();
        stored.tokens().forEach(token -> tokens.put(token.id().hash(), token));
        tokens.keySet().removeAll(expired);
        records.forEach(saved -> {
            TokenHash hash = saved.token().id().hash();
            if (page.after().isEmpty()) {
                tokens.put(hash, saved.token());
            } else {
                tokens.remove(hash);
            }
        });
        long notBefore = Math.max(notBeforeMillis, stored.notBeforeMillis().orElse(Token.NOT_BEFORE_UNSET));
        List<Token> active = tokens.values().stream()
                .filter(token -> token.isActive(nowMillis, notBefore))
                .sorted(Paging.OLDEST_FIRST)
                .toList();
        return new SubjectTokens(
                notBefore == Token.NOT_BEFORE_UNSET ? OptionalLong.empty() : OptionalLong.of(notBefore),
                active,
                stored.next());
    }
}
