package dev.tokencache.journal;

import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The journal's entries about one subject.
 *
 * @param records the records of its tokens, without expired ones
 * @param expired tokens that were expired and not issued again since: its own, and foreign ones of any subject
 * @param notBeforeMillis its not-before time, or {@link dev.tokencache.token.Token#NOT_BEFORE_UNSET}
 */
public record JournaledSubject(List<JournaledRecord> records, Set<TokenHash> expired, long notBeforeMillis) {

    public JournaledSubject {
        records = List.copyOf(records);
        expired = Set.copyOf(expired);
    }

    /** Applies these entries to the subject's tokens in the store. */
    SubjectTokens applyTo(SubjectTokens stored, long nowMillis) {
        Map<TokenHash, Token> tokens = new HashMap<>();
        stored.tokens().forEach(token -> tokens.put(token.id().hash(), token));
        tokens.keySet().removeAll(expired);
        records.forEach(saved -> tokens.put(saved.token().id().hash(), saved.token()));
        long notBefore = Math.max(notBeforeMillis, stored.notBeforeMillis().orElse(Token.NOT_BEFORE_UNSET));
        List<Token> active = tokens.values().stream()
                .filter(token -> token.isActive(nowMillis, notBefore))
                .sorted(Comparator.comparingLong(Token::issuedAtMillis))
                .toList();
        return new SubjectTokens(
                notBefore == Token.NOT_BEFORE_UNSET ? OptionalLong.empty() : OptionalLong.of(notBefore), active);
    }
}
