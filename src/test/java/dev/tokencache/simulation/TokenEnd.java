package dev.tokencache.simulation;

import dev.tokencache.token.Token;
import dev.tokencache.token.TokenStore.Renewal;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When a token ends without an expiry: by its {@code exp}, or by its idle timeout. Callers know both only within limits, since a
 * renewal or validation without a result may have been carried out. All results are true wall-clock times in milliseconds.
 */
final class TokenEnd {

    /** A validation is recorded at most this often, and at most this many times per idle timeout. */
    private static final long MIN_TOUCH_MILLIS = 1000;

    private static final int TOUCHES_PER_TIMEOUT = 10;

    /** What may have set {@code exp}: the creation, or a renewal. */
    static final class Setting {
        private final long startedAt;
        private long endedAt;
        private long earliestExp;
        private long latestExp;
        private boolean isPromised;

        private Setting(long startedAt, long endedAt, long earliestExp, long latestExp) {
            this.startedAt = startedAt;
            this.endedAt = endedAt;
            this.earliestExp = earliestExp;
            this.latestExp = latestExp;
        }

        long startedAt() {
            return startedAt;
        }

        long endedAt() {
            return endedAt;
        }
    }

    private final World world;
    private final Token issued;
    private final Setting creation;
    private final List<Setting> renewals = new ArrayList<>();
    private final List<Validation> validations = new ArrayList<>();
    private final List<Expiry> reissues = new ArrayList<>();
    private final long latestMaximum;
    private long surelySeenMillis;

    /** @param uncertainSeconds by how much the token may end later than it says; then its maximum is not known either */
    TokenEnd(World world, Token issued, long uncertainSeconds) {
        this.world = world;
        this.issued = issued;
        this.latestMaximum = uncertainSeconds == 0 ? issued.renewableUntil() : Integer.MAX_VALUE;
        long now = world.time().nanoTime();
        this.creation = new Setting(now, now, issued.expiresAt(), issued.expiresAt() + uncertainSeconds);
        this.surelySeenMillis = issued.issuedAtMillis();
    }

    private boolean isIdle() {
        return issued.idleTimeout() != 0;
    }

    /** A renewal starts, for a lifetime in seconds or the token's own. */
    Setting renewalStarted(OptionalLong lifetime) {
        long now = world.time().nanoTime();
        long end = now + Expiry.LONGEST_WRITE;
        Setting renewal = new Setting(
                now,
                end,
                Math.min(renewedExp(now, lifetime), issued.renewableUntil()),
                Math.min(renewedExp(end, lifetime), latestMaximum));
        renewals.add(renewal);
        return renewal;
    }

    private long renewedExp(long nanos, OptionalLong lifetime) {
        return Math.floorDiv(world.millis(nanos), 1000L) + lifetime.orElse(issued.lifetime());
    }

    /** The latest {@code exp} that a renewal can set, in seconds since the epoch. */
    long latestMaximum() {
        return latestMaximum;
    }

    /** @param isPromised whether the renewal must not be lost */
    void renewed(Setting renewal, Renewal.Renewed result, boolean isPromised) {
        renewal.endedAt = world.time().nanoTime();
        renewal.earliestExp = result.token().expiresAt();
        renewal.latestExp = renewal.earliestExp;
        renewal.isPromised = isPromised;
        if (renewal.isPromised) {
            surelySeenMillis = Math.max(surelySeenMillis, world.millis(renewal.startedAt));
        }
    }

    /** Renewals that were acknowledged in a time may be lost. */
    void mayLose(long from, long until) {
        renewals.stream()
                .filter(renewal -> renewal.isPromised && renewal.endedAt >= from && renewal.endedAt <= until)
                .forEach(renewal -> renewal.isPromised = false);
    }

    List<Setting> renewals() {
        return renewals;
    }

    void validationStarted(Validation validation) {
        if (isIdle()) {
            validations.add(validation);
        }
    }

    /** A validation was recorded, at the latest some time ago: not each one is. */
    void surelyRecorded(Validation validation) {
        if (isIdle()) {
            long interval = Math.max(MIN_TOUCH_MILLIS, issued.idleTimeout() * 1000 / TOUCHES_PER_TIMEOUT);
            surelySeenMillis = Math.max(surelySeenMillis, world.millis(validation.startedAt()) - interval);
        }
    }

    /** "Expire all others" issues the kept token again, which counts as a validation. */
    void reissueStarted(Expiry others) {
        if (isIdle()) {
            reissues.add(others);
        }
    }

    /** The earliest {@code exp} that the token can have, in seconds since the epoch. */
    long earliestExp() {
        return settings(Long.MAX_VALUE)
                .mapToLong(setting -> setting.earliestExp)
                .min()
                .orElseThrow();
    }

    /** Like {@link #earliestExp}, at any moment since a validation started. */
    long earliestExpSince(Validation validation) {
        return renewals.stream()
                .filter(renewal -> renewal.startedAt >= validation.startedAt())
                .mapToLong(renewal -> renewal.earliestExp)
                .reduce(validation.earliestExp(), Math::min);
    }

    /** The token is active at least until then, if nothing expires it. */
    long earliestMillis() {
        long exp = earliestExp() * 1000;
        return isIdle() ? Math.min(exp, surelySeenMillis + issued.idleTimeout() * 1000) : exp;
    }

    /** The renewal found the token inactive, so it set nothing. */
    void notRenewed(Setting renewal) {
        renewals.remove(renewal);
    }

    /**
     * The token is active at most until then.
     *
     * @param judged the validation or renewal that found it active: what it records itself is no reason for that
     */
    long latestMillis(@Nullable Object judged) {
        return latestMillis(judged, Long.MAX_VALUE);
    }

    /** As {@link #latestMillis(Object)}, for a reader who may not know of renewals that ended at a time or later. */
    long latestMillis(@Nullable Object judged, long knownUntil) {
        long exp = settings(knownUntil)
                        .filter(setting -> setting != judged)
                        .mapToLong(setting -> setting.latestExp)
                        .max()
                        .orElseThrow()
                * 1000;
        return isIdle() ? Math.min(exp, latestSeenMillis(judged) + issued.idleTimeout() * 1000) : exp;
    }

    private long latestSeenMillis(@Nullable Object judged) {
        LongStream seen =
                validations.stream().filter(validation -> validation != judged).mapToLong(Validation::latestRecorded);
        LongStream renewed =
                renewals.stream().filter(renewal -> renewal != judged).mapToLong(Setting::endedAt);
        LongStream reissued = reissues.stream().mapToLong(Expiry::endedAt);
        long latest = LongStream.concat(seen, LongStream.concat(renewed, reissued))
                .max()
                .orElse(Long.MIN_VALUE);
        return latest == Long.MIN_VALUE
                ? issued.issuedAtMillis()
                : Math.max(
                        issued.issuedAtMillis(),
                        world.millis(Math.min(latest, world.time().nanoTime())));
    }

    /** Whatever may have set {@code exp} last, for a reader who knows the renewals that ended before a time. */
    private Stream<Setting> settings(long knownUntil) {
        return Stream.concat(Stream.of(creation), renewals.stream()).filter(setting -> renewals.stream()
                .noneMatch(
                        later -> later.isPromised && later.startedAt > setting.endedAt && later.endedAt < knownUntil));
    }
}
