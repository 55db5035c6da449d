package dev.tokencache.simulation;

import dev.tokencache.token.Durability;
import dev.tokencache.token.IssuedToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A token that a caller received, with everything that callers did to it. */
final class KnownToken {

    /**
     * How far the clocks of two instances differ at most. The journal does not know a not-before time that only Redis has: an
     * instance whose clock is ahead may have set one that is later than the issue of a token.
     */
    private static final long CLOCKS_APART = Duration.ofSeconds(5).toNanos();

    private final String name;
    private final Subject subject;
    private final IssuedToken issued;
    private final long requestedAt;
    private final long receivedAt;
    private final boolean isOfAnotherProgram;
    private final List<Expiry> expiries = new ArrayList<>();
    /** Expiries of the token or its subject that failed, and did not run: the token was active later. */
    private final Set<Expiry> disproved = new HashSet<>();

    private final TokenEnd end;
    private final TokenHistory history = new TokenHistory();

    KnownToken(World world, String name, Subject subject, IssuedToken issued, long requestedAt, long receivedAt) {
        this(world, name, subject, issued, requestedAt, receivedAt, 0);
    }

    /** @param uncertainSeconds by how much the token may end later than it says, as those of other programs do; else 0 */
    KnownToken(
            World world,
            String name,
            Subject subject,
            IssuedToken issued,
            long requestedAt,
            long receivedAt,
            long uncertainSeconds) {
        this.name = name;
        this.subject = subject;
        this.issued = issued;
        this.requestedAt = requestedAt;
        this.receivedAt = receivedAt;
        this.isOfAnotherProgram = uncertainSeconds != 0;
        this.end = new TokenEnd(world, issued.token(), uncertainSeconds);
        subject.tokens().add(this);
    }

    @Override
    public String toString() {
        return name + " of " + subject.name();
    }

    String name() {
        return name;
    }

    Subject subject() {
        return subject;
    }

    IssuedToken issued() {
        return issued;
    }

    long receivedAt() {
        return receivedAt;
    }

    /** Whether another program created it in the old store of a migration. */
    boolean isOfAnotherProgram() {
        return isOfAnotherProgram;
    }

    /** When it ends without an expiry. */
    TokenEnd end() {
        return end;
    }

    /** What callers saw of it, for the check of its linearizability. */
    TokenHistory history() {
        return history;
    }

    List<Expiry> ownExpiries() {
        return expiries;
    }

    /** The expiries that end this token if they are carried out. */
    Stream<Expiry> expiries() {
        return Stream.concat(
                expiries.stream(),
                subject.expiries().stream().filter(expiry -> expiry.startedAt() > receivedAt && !expiry.keeps(this)));
    }

    /** The expiries of its subject that ran while it was created, and may have ended it. */
    Stream<Expiry> expiriesDuringCreation() {
        return subject.expiries().stream()
                .filter(expiry -> expiry.startedAt() <= receivedAt && expiry.endedAt() >= requestedAt);
    }

    /** A validation that started at a time found it active: expiries that had failed by then did not run. */
    void seenActive(long startedAt) {
        Stream.concat(expiries.stream(), subject.expiries().stream())
                .filter(expiry -> !expiry.isAcknowledged() && expiry.endedAt() < startedAt)
                .forEach(disproved::add);
    }

    /** Whether no expiry can have ended it. */
    boolean isSurelyNotExpired() {
        long afterExpiries = issued.durability() == Durability.JOURNALED ? requestedAt - CLOCKS_APART : requestedAt;
        return disproved.containsAll(expiries)
                && subject.expiries().stream()
                        .allMatch(expiry ->
                                expiry.endedAt() < afterExpiries || expiry.keeps(this) || disproved.contains(expiry));
    }
}
