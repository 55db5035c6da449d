package dev.tokencache.store.journal;

import dev.tokencache.token.TokenHash;
import java.util.List;
import java.util.Set;

/**
 * What a journal has on one subject.
 *
 * @param records its tokens' records, those that an expiry has made void left out
 * @param expired its tokens that were expired, and not issued again since
 * @param notBeforeMillis its mark, or {@link dev.tokencache.token.Token#NO_MARK}
 */
public record JournaledSubject(List<JournaledRecord> records, Set<TokenHash> expired, long notBeforeMillis) {

    public JournaledSubject {
        records = List.copyOf(records);
        expired = Set.copyOf(expired);
    }
}
