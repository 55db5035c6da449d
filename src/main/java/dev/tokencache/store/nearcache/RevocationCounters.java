package dev.tokencache.store.nearcache;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counters that show whether a token or its subject was revoked since a moment. Lock-free; a revocation costs the same for
 * any number of tokens, and the memory is fixed.
 *
 * <p>The counters are indexed by the hash of the token or subject. Tokens that share a counter invalidate each other's
 * verdicts, which costs a rare extra lookup. A revocation is never missed.
 */
final class RevocationCounters {

    private static final int MIN_COUNTERS = 1 << 10;
    private static final int MAX_COUNTERS = 1 << 20;

    /** The counter index of an unknown subject, which is compared with {@link #allSubjects}. */
    private static final int ANY = -1;

    private final AtomicLongArray tokens;
    private final AtomicLongArray subjects;
    private final AtomicLong allSubjects = new AtomicLong();

    /** @param entries the expected number of tokens; more tokens cause more extra lookups */
    RevocationCounters(int entries) {
        int counters = Integer.highestOneBit(Math.min(MAX_COUNTERS, Math.max(MIN_COUNTERS, entries)));
        this.tokens = new AtomicLongArray(counters);
        this.subjects = new AtomicLongArray(counters);
    }

    record Stamp(int token, long tokenRevocations, int subject, long subjectRevocations) {}

    Stamp now(TokenLocator token) {
        if (token instanceof TokenLocator.ById byId) {
            return now(byId.id());
        }
        int counter = index(token.hash());
        return new Stamp(counter, tokens.get(counter), ANY, allSubjects.get());
    }

    Stamp now(TokenId id) {
        int token = index(id.hash());
        int subject = index(id.tag());
        return new Stamp(token, tokens.get(token), subject, subjects.get(subject));
    }

    /** Whether neither the token nor its subject was revoked since. */
    boolean isCurrent(Stamp stamp) {
        return tokens.get(stamp.token()) == stamp.tokenRevocations()
                && (stamp.subject() == ANY ? allSubjects.get() : subjects.get(stamp.subject()))
                        == stamp.subjectRevocations();
    }

    void revoke(Revocation revocation) {
        if (revocation instanceof Revocation.OfToken ofToken) {
            tokens.incrementAndGet(index(ofToken.token()));
        } else if (revocation instanceof Revocation.OfSubject ofSubject) {
            // In this order: a thread that sees the subject's counter changed must see this one changed, too.
            allSubjects.incrementAndGet();
            subjects.incrementAndGet(index(ofSubject.subject()));
        }
    }

    private int index(TokenHash token) {
        return spread(token.hashCode()) & (tokens.length() - 1);
    }

    private int index(RoutingTag subject) {
        return spread(subject.hashCode()) & (subjects.length() - 1);
    }

    private static int spread(int hash) {
        return hash ^ hash >>> 16;
    }
}
