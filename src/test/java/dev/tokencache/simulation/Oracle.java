package dev.tokencache.simulation;

import dev.tokencache.token.Durability;
import dev.tokencache.token.IssuedToken;
import dev.tokencache.token.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Decides whether an answer contradicts what was acknowledged before. It knows only what callers know: when each call started
 * and ended, and its result. Times are nanoseconds of the world.
 */
final class Oracle {

    private static final long SECOND = 1_000_000_000L;

    /** No command of a write runs later than this, whether its caller received a result or not. */
    private static final long LONGEST_WRITE = 7 * SECOND;

    /** An expiry of a token or a subject. Until it ends, and if it fails, both outcomes are possible. */
    static final class Expiry {
        private final long startedAt;
        private long endedAt;
        private boolean isPromised;

        private Expiry(long startedAt) {
            this.startedAt = startedAt;
            this.endedAt = startedAt + LONGEST_WRITE;
        }
    }

    /** The expiries of one subject. */
    static final class Subject {
        private final String name;
        private final List<Expiry> expiries = new ArrayList<>();

        Subject(String name) {
            this.name = name;
        }

        String name() {
            return name;
        }
    }

    /** A token that a caller received. */
    static final class KnownToken {
        private final String name;
        private final Subject subject;
        private final IssuedToken issued;
        private final long requestedAt;
        private final long receivedAt;
        private final List<Expiry> expiries = new ArrayList<>();

        KnownToken(String name, Subject subject, IssuedToken issued, long requestedAt, long receivedAt) {
            this.name = name;
            this.subject = subject;
            this.issued = issued;
            this.requestedAt = requestedAt;
            this.receivedAt = receivedAt;
        }

        String name() {
            return name;
        }

        IssuedToken issued() {
            return issued;
        }

        Subject subject() {
            return subject;
        }
    }

    private final World world;
    private final List<String> violations = new ArrayList<>();
    private long checked;

    Oracle(World world) {
        this.world = world;
    }

    /** What contradicts a promise, with the time. */
    List<String> violations() {
        return List.copyOf(violations);
    }

    /** How many answers were checked. */
    long checked() {
        return checked;
    }

    void violated(String what) {
        String violation = String.format("%.6f %s", now() / 1e9, what);
        world.log("VIOLATION " + what);
        violations.add(violation);
    }

    private long now() {
        return world.time().nanoTime();
    }

    Expiry expiryStarted(KnownToken token) {
        return started(token.expiries);
    }

    Expiry expiryStarted(Subject subject) {
        return started(subject.expiries);
    }

    private Expiry started(List<Expiry> expiries) {
        Expiry expiry = new Expiry(now());
        expiries.add(expiry);
        return expiry;
    }

    /** The expiry is acknowledged. An under-replicated one may be lost with its master. */
    void acknowledged(Expiry expiry, Durability durability) {
        expiry.endedAt = now();
        expiry.isPromised = durability == Durability.AS_CONFIGURED;
    }

    /** Checks the verdict of a validation that started at a time and ends now. */
    void validated(KnownToken token, Verdict verdict, long startedAt) {
        checked++;
        if (verdict instanceof Verdict.Active && isSurelyExpired(token, startedAt)) {
            violated(token.name + " is active after an acknowledged expiry");
        } else if (verdict instanceof Verdict.Inactive && isSurelyLive(token)) {
            violated(token.name + " of " + token.subject.name + " is inactive while surely live");
        }
    }

    /** Checks a renewal that found no active token. */
    void notRenewed(KnownToken token) {
        checked++;
        if (isSurelyLive(token)) {
            violated(token.name + " of " + token.subject.name + " cannot be renewed while surely live");
        }
    }

    /** Whether the token's expiry, or its subject's, was acknowledged between its creation and the validation. */
    private static boolean isSurelyExpired(KnownToken token, long startedAt) {
        Predicate<Expiry> isOver = expiry -> expiry.isPromised && expiry.endedAt < startedAt;
        return token.expiries.stream().anyMatch(isOver)
                || token.subject.expiries.stream()
                        .filter(expiry -> expiry.startedAt > token.receivedAt)
                        .anyMatch(isOver);
    }

    /** Whether the token's creation is promised, and nothing can have ended it. */
    private boolean isSurelyLive(KnownToken token) {
        long endsAt =
                token.issued.token().expiresAt() * 1000 - world.time().clock().millis();
        return token.issued.durability() == Durability.AS_CONFIGURED
                && endsAt * 1_000_000 > SECOND
                && token.expiries.isEmpty()
                && token.subject.expiries.stream().allMatch(expiry -> expiry.endedAt < token.requestedAt);
    }
}
