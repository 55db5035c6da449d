package dev.tokencache.store.nearcache;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Says whether something was revoked since a moment. Lock-free; a revocation costs the same however many tokens it
 * reaches, and the memory is fixed.
 *
 * <p>Counts the revocations by the hash of what is revoked. Many tokens share a counter: a revocation of one of them makes
 * the verdicts on the others be asked for anew, which is seldom and harms nobody. It is never the other way round.
 */
final class RevocationCounters {

    private static final int LEAST = 1 << 10;
    private static final int MOST = 1 << 20;

    /** In place of the counter of a subject that is not known yet. */
    private static final int ANY = -1;

    private final AtomicLongArray tokens;
    private final AtomicLongArray subjects;
    private final AtomicLong allSubjects = new AtomicLong();

    /** @param entries for how many tokens; more are as right, but disturb each other more */
    RevocationCounters(int entries) {
        int counters = Integer.highestOneBit(Math.min(MOST, Math.max(LEAST, entries)));
        this.tokens = new AtomicLongArray(counters);
        this.subjects = new AtomicLongArray(counters);
    }

    /** A moment in the life of a token. */
    record Stamp(int token, long tokenGeneration, int subject, long subjectGeneration) {}

    /** The present. */
    Stamp now(TokenLocator token) {
        if (token instanceof TokenLocator.ById byId) {
            return now(byId.id());
        }
        int counter = index(token.hash());
        return new Stamp(counter, tokens.get(counter), ANY, allSubjects.get());
    }

    /** The present. */
    Stamp now(TokenId id) {
        int token = index(id.hash());
        int subject = index(id.tag());
        return new Stamp(token, tokens.get(token), subject, subjects.get(subject));
    }

    /** Whether nothing was revoked since then that the token could be. */
    boolean isCurrent(Stamp stamp) {
        return tokens.get(stamp.token()) == stamp.tokenGeneration()
                && (stamp.subject() == ANY ? allSubjects.get() : subjects.get(stamp.subject()))
                        == stamp.subjectGeneration();
    }

    void revoke(Revocation revocation) {
        if (revocation instanceof Revocation.OfToken ofToken) {
            tokens.incrementAndGet(index(ofToken.token()));
        } else if (revocation instanceof Revocation.OfSubject ofSubject) {
            // In this order: whoever sees the counter of the subject moved must see this one moved, too.
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
