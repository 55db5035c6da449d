package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.Verdict;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Creates a token whose string comes from another system. Its pointer and its record are two keys in two slots: first the
 * pointer is reserved, then the record is written, then the reservation is committed. {@link ForeignPointers} explains why no
 * acknowledged creation can be lost.
 */
record ForeignCreation(SubjectHashes subjects, ForeignPointers pointers, Duration maxTtl, Clock clock) {

    /** @param nonce identifies this creation among others of the same string */
    Future<Creation> create(NewToken created, String nonce, Deadline deadline) {
        ForeignPointers.Reservation reservation = pointers.reservation(created, nonce, deadline);
        return take(reservation, deadline)
                .compose(refusal -> refusal.isEmpty()
                        ? createReserved(reservation, created, deadline)
                        : Future.succeededFuture(refusal.get()));
    }

    /** Reserves the string, unless it belongs to an active token, is being created, or was expired since its issue. */
    private Future<Optional<Creation>> take(ForeignPointers.Reservation reservation, Deadline deadline) {
        return reservation.take().compose(holder -> {
            if (holder.isEmpty()) {
                return Future.succeededFuture(Optional.empty());
            }
            ForeignPointer present = holder.get();
            if (present.expiredAtMillis().isPresent()) {
                return refused(
                        new Creation.IssuedTooEarly(present.expiredAtMillis().getAsLong()));
            }
            return present.isCommitted() && present.subject().isPresent()
                    ? takeFrom(present, present.subject().get(), reservation, deadline)
                    : refused(Creation.TAKEN);
        });
    }

    private Future<Optional<Creation>> takeFrom(
            ForeignPointer holder, RoutingTag subject, ForeignPointers.Reservation reservation, Deadline deadline) {
        TokenId held = new TokenId(subject, reservation.id().hash());
        return subjects.findNow(held, deadline)
                .compose(found -> found.verdict(clock.millis()) instanceof Verdict.Active
                        ? refused(Creation.TAKEN)
                        : reservation
                                .takeFrom(holder)
                                .map(taken -> taken ? Optional.empty() : Optional.of(Creation.TAKEN)));
    }

    private static Future<Optional<Creation>> refused(Creation why) {
        return Future.succeededFuture(Optional.of(why));
    }

    private Future<Creation> createReserved(
            ForeignPointers.Reservation reservation, NewToken created, Deadline deadline) {
        return subjects.createOnce(created, deadline).compose(creation -> {
            if (creation instanceof Creation.IssuedTooEarly) {
                return reservation.release().map(creation);
            }
            // Also if it is taken: an unfinished creation may have left an active record without a pointer. Its
            // lifetime is
            // not known here.
            long ttl = creation instanceof Creation.Taken
                    ? maxTtl.toMillis()
                    : created.token().renewableUntil() * 1000 - clock.millis();
            return reservation.commit(ttl).compose(commit -> committed(reservation, creation, commit, deadline));
        });
    }

    private Future<Creation> committed(
            ForeignPointers.Reservation reservation,
            Creation creation,
            ForeignPointers.Commit commit,
            Deadline deadline) {
        if (commit instanceof ForeignPointers.Commit.Lost) {
            return subjects.expire(reservation.id(), clock.millis(), deadline).map(Creation.TAKEN);
        }
        if (commit instanceof ForeignPointers.Commit.Done done) {
            return Future.succeededFuture(
                    creation instanceof Creation.Created kept
                            ? new Creation.Created(kept.durability().and(done.durability()), kept.evicted())
                            : creation);
        }
        // The record belongs to the other creation, too, which may have been acknowledged: do not delete it.
        return Future.succeededFuture(Creation.TAKEN);
    }
}
