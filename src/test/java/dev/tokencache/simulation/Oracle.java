package dev.tokencache.simulation;

import dev.tokencache.simulation.TokenHistory.Call;
import dev.tokencache.simulation.TokenHistory.Kind;
import dev.tokencache.token.Durability;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.Verdict;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an answer contradicts what was acknowledged before. It knows only what callers know: when each call started
 * and ended, and its result; and for near caches, which messages an instance received. Times are nanoseconds of the world.
 */
final class Oracle {

    private static final long LONG_MILLIS = 10_000;

    /** Two stores may round the expiry of a token differently. */
    private static final long ROUNDING_MILLIS = 2000;

    /** A time in which a store may lose what it acknowledges, because it does not wait for replicas. */
    private record Loss(long from, long until) {}

    private final World world;
    private final long clockDifferenceMillis;
    private final NearCaches nearCaches;
    private final List<KnownToken> tokens = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final List<Loss> losses = new ArrayList<>();
    /** The expiries that failed last, oldest first. */
    private final Queue<Expiry> failed = new ArrayDeque<>();

    private final Set<Durability> promised;
    private boolean canFailedExpiriesRunLater;
    private Duration journalNotice = Duration.ZERO;
    private ToLongFunction<String> journalContacts = instance -> Long.MAX_VALUE;
    private boolean areValidationsRecorded;
    private long checked;

    Oracle(World world) {
        this(world, Duration.ZERO, Set.of(Durability.AS_CONFIGURED, Durability.JOURNALED));
    }

    /**
     * @param clockDifference how far the clock of an instance may be off
     * @param promised which acknowledged writes must not be lost
     */
    Oracle(World world, Duration clockDifference, Set<Durability> promised) {
        this.world = world;
        this.clockDifferenceMillis = clockDifference.toMillis();
        this.promised = promised;
        this.nearCaches = new NearCaches(world, clockDifference.isZero());
    }

    NearCaches nearCaches() {
        return nearCaches;
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
        String violation = String.format(Locale.ROOT, "%.6f %s", now() / 1e9, what);
        world.log("VIOLATION " + what);
        violations.add(violation);
    }

    private long now() {
        return world.time().nanoTime();
    }

    /** From now on, no fault prevents that validations are recorded, so that tokens in use do not become idle. */
    void expectRecordedValidations() {
        areValidationsRecorded = true;
    }

    /** From now on, a fault may prevent that validations are recorded. */
    void expectFaults() {
        areValidationsRecorded = false;
    }

    void received(KnownToken token) {
        tokens.add(token);
    }

    Expiry expiryStarted(KnownToken token, String instance) {
        Expiry expiry = new Expiry(instance, now(), null);
        token.ownExpiries().add(expiry);
        return expiry;
    }

    /** @param kept the token of the subject that stays active, if there is one */
    Expiry expiryStarted(Subject subject, @Nullable KnownToken kept, String instance) {
        Expiry expiry = new Expiry(instance, now(), kept);
        subject.expiries().add(expiry);
        if (kept != null) {
            kept.end().reissueStarted(expiry);
        }
        return expiry;
    }

    void acknowledged(Expiry expiry, Durability durability) {
        long noticed = durability == Durability.JOURNALED ? now() + journalNotice.toNanos() : now();
        expiry.acknowledge(durability, isPromised(durability), noticed);
    }

    /**
     * A write that failed may be in the journal. An instance may notice the entry of another one later than it was acknowledged.
     *
     * @param contacts when each instance had its last reply of the journal's database
     */
    void expectJournal(Duration notice, ToLongFunction<String> contacts) {
        allowFailedExpiriesToRunLater();
        journalNotice = notice;
        journalContacts = contacts;
    }

    /** Whether an instance had no chance to know that the journal has a token of another one: it cannot reach the database. */
    private boolean isJournalUnknown(KnownToken token, Validation validation) {
        return token.issued().durability() == Durability.JOURNALED
                && journalContacts.applyAsLong(validation.instance()) < token.receivedAt() - journalNotice.toNanos();
    }

    /**
     * An expiry that failed may take effect at any time: the journal may have it, or one of two stores, which is read only in
     * other phases.
     */
    void allowFailedExpiriesToRunLater() {
        canFailedExpiriesRunLater = true;
    }

    /** The expiry failed: it may have run, or not. */
    void failed(Expiry expiry) {
        if (canFailedExpiriesRunLater) {
            expiry.mayRunYet(Long.MAX_VALUE - Expiry.LONGEST_HOLD);
            return;
        }
        expiry.fail(now());
        failed.add(expiry);
        while (failed.element().endedAt() + Expiry.LONGEST_HOLD < now()) {
            failed.remove();
        }
    }

    /** The clock of a node was set back: it may run commands that are late. */
    void clockSetBack() {
        failed.forEach(expiry -> expiry.mayRunYet(now()));
    }

    /** Writes that are acknowledged in a time are not promised. */
    void mayLose(long from, long until) {
        losses.add(new Loss(from, until));
        for (KnownToken token : tokens) {
            token.end().mayLose(from, until);
            Stream.concat(token.ownExpiries().stream(), token.subject().expiries().stream())
                    .filter(expiry -> expiry.endedAt() >= from && expiry.endedAt() <= until)
                    .forEach(Expiry::unpromise);
        }
    }

    private boolean isPromised(Durability durability) {
        return promised.contains(durability) && !isLost(now());
    }

    private boolean isLost(long acknowledgedAt) {
        return losses.stream().anyMatch(loss -> loss.from <= acknowledgedAt && acknowledgedAt <= loss.until);
    }

    Validation validationStarted(KnownToken token, String instance) {
        Validation validation = new Validation(instance, now(), token.end().earliestExp());
        token.end().validationStarted(validation);
        return validation;
    }

    /** Checks the verdict of a validation that ends now. */
    void validated(KnownToken token, Verdict verdict, Validation validation) {
        validation.end(verdict, now());
        if (verdict instanceof Verdict.Active active) {
            checkNotExpired(token, active, validation, "is active");
            Duration unnoticed = nearCaches.unnoticed(active, validation.instance());
            long known = unnoticed.isZero() ? Long.MAX_VALUE : validation.startedAt() - unnoticed.toNanos();
            checkNotEnded(token, token.end().latestMillis(validation, known), validation.startedAt(), "is active");
            if (active.basis() == Verdict.Basis.CURRENT && !nearCaches.has(validation.instance())) {
                token.seenActive(validation.startedAt());
                checkContents(token, active.token(), validation);
            }
            if (areValidationsRecorded) {
                token.end().surelyRecorded(validation);
            }
        } else if (verdict instanceof Verdict.Inactive && !isJournalUnknown(token, validation)) {
            checkInactive(token, validation.startedAt(), "is inactive");
        }
    }

    private void checkContents(KnownToken token, Token found, Validation validation) {
        Token issued = token.issued().token();
        if (!found.sub().equals(issued.sub()) || !Objects.equals(found.claims(), issued.claims())) {
            violated(token + " has another subject or other claims: " + found.sub() + " " + found.claims());
        }
        long missing = (token.end().earliestExpSince(validation) - found.expiresAt()) * 1000;
        if (missing > ROUNDING_MILLIS + clockDifferenceMillis) {
            violated(token + " expires " + missing + " ms before its acknowledged expiry");
        }
    }

    /** Checks the verdict of a read of the record, which no near cache answers. It started at a time and ends now. */
    void read(KnownToken token, Verdict verdict, long startedAt) {
        if (verdict instanceof Verdict.Active) {
            checkActive(token, null, startedAt, "is read as active");
        } else if (verdict instanceof Verdict.Inactive) {
            checkInactive(token, startedAt, "is read as inactive");
        }
    }

    void renewed(KnownToken token, TokenEnd.Setting renewal, Renewal result) {
        if (result instanceof Renewal.Renewed renewed) {
            checkActive(token, renewal, renewal.startedAt(), "is renewed");
            if (renewed.token().expiresAt() > token.end().latestMaximum()) {
                violated(token + " is renewed past its maximum expiry");
            }
            token.end().renewed(renewal, renewed, isPromised(renewed.durability()));
        } else if (result instanceof Renewal.NotActive) {
            checkInactive(token, renewal.startedAt(), "cannot be renewed");
            token.end().notRenewed(renewal);
        }
    }

    /** Checks a complete listing of a subject's tokens that started at a time and ends now. */
    void listed(Subject subject, List<Token> listed, long startedAt) {
        Set<TokenId> ids = new HashSet<>();
        listed.forEach(token -> ids.add(token.id()));
        subject.tokens().removeIf(this::isLongOver);
        for (KnownToken token : subject.tokens()) {
            if (token.receivedAt() < startedAt) {
                if (ids.contains(token.issued().token().id())) {
                    checkActive(token, null, startedAt, "is listed");
                } else {
                    checkInactive(token, startedAt, "is not listed");
                }
            }
        }
    }

    private boolean isLongOver(KnownToken token) {
        return token.end().latestMillis(null) + LONG_MILLIS < world.millis(now());
    }

    /** Checks the verdict on a string that is no token. */
    void validatedForeign(String string, Verdict verdict) {
        checked++;
        if (verdict instanceof Verdict.Active) {
            violated(string + " is active, but was never issued");
        }
    }

    /** @param judged the renewal that found it active, if one did */
    private void checkActive(KnownToken token, @Nullable Object judged, long startedAt, String what) {
        checkNotExpired(token, null, new Validation("no near cache", startedAt, 0), what);
        checkNotEnded(token, token.end().latestMillis(judged), startedAt, what);
    }

    private void checkNotExpired(
            KnownToken token, Verdict.@Nullable Active verdict, Validation validation, String what) {
        checked++;
        token.history().add(Kind.SAW_ACTIVE, validation.startedAt(), now());
        token.expiries()
                .filter(expiry -> expiry.isOverBefore(validation.startedAt()))
                .filter(expiry -> verdict == null || !nearCaches.allow(verdict, token, expiry, validation))
                .findFirst()
                .ifPresent(expiry -> violated(String.format(
                        Locale.ROOT,
                        "%s %s %.3f s after an acknowledged expiry",
                        token,
                        what,
                        (validation.startedAt() - expiry.endedAt()) / 1e9)));
    }

    private void checkNotEnded(KnownToken token, long endMillis, long startedAt, String what) {
        if (world.millis(startedAt) >= endMillis + clockDifferenceMillis) {
            violated(token + " " + what + " after its end");
        }
    }

    private void checkInactive(KnownToken token, long startedAt, String what) {
        checked++;
        token.history().add(Kind.SAW_INACTIVE, startedAt, now());
        if (isSurelyLive(token)) {
            violated(token + " " + what + " while surely live");
        }
    }

    /** Whether the token's creation is promised, and nothing can have ended it. */
    boolean isSurelyLive(KnownToken token) {
        return promised.contains(token.issued().durability())
                && !isLost(token.receivedAt())
                && token.isSurelyNotExpired()
                && world.millis(now()) + clockDifferenceMillis < token.end().earliestMillis();
    }

    /**
     * Checks that the calls on each token are linearizable. That is promised where no near cache answers, and no node loses
     * writes: what a failed expiry did may be seen, and then be lost with its master.
     */
    void checkHistories() {
        for (KnownToken token : tokens) {
            if (token.issued().token().idleTimeout() == 0 && !TokenHistory.isLinearizable(history(token))) {
                violated("the calls on " + token + " are not linearizable");
            }
        }
    }

    /** The end of its lifetime counts as an expiry, too. */
    private List<Call> history(KnownToken token) {
        List<Call> calls = new ArrayList<>(token.history().calls());
        token.expiries()
                .forEach(expiry -> calls.add(new Call(
                        Kind.EXPIRY,
                        expiry.startedAt(),
                        expiry.isAcknowledged() ? expiry.endedAt() : TokenHistory.OPEN)));
        token.expiriesDuringCreation()
                .forEach(expiry -> calls.add(new Call(Kind.EXPIRY, expiry.startedAt(), TokenHistory.OPEN)));
        calls.add(new Call(
                Kind.EXPIRY, world.nanos(token.end().earliestMillis() - clockDifferenceMillis), TokenHistory.OPEN));
        return calls;
    }
}
