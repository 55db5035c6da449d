package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.Verdict;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Creates a token whose string comes from another system. Its pointer and its record are two keys in two slots: first the
 * pointer is reserved, then the record is written, then the reservation is committed. {@link ForeignPointers} explains why no
 * acknowledged creation can be lost.
 */
record ForeignCreation(SubjectHashes subjects, ForeignPointers pointers, Clock clock) {

    /** @param nonce identifies this creation among others of the same string */
    Future<Creation> create(NewToken created, String nonce, Deadline deadline) {
        ForeignPointers.Reservation reservation = pointers.reservation(created, nonce, deadline);
        return take(reservation, created, deadline, () -> createReserved(reservation, created, deadline));
    }

    /** Takes the string and writes the record. A reader, or an earlier call, may have committed the creation already. */
    private Future<Creation> take(
            ForeignPointers.Reservation reservation,
            NewToken created,
            Deadline deadline,
            Supplier<Future<Creation>> write) {
        return reservation.take().compose(holder -> {
            if (holder.isPresent() && reservation.isCommittedAs(holder.get())) {
                return subjects.createOnce(created, deadline)
                        .compose(creation -> commit(reservation, creation, created, deadline));
            }
            return takeUnlessHeld(holder, reservation, deadline)
                    .compose(refusal -> refusal.isEmpty() ? write.get() : Future.succeededFuture(refusal.get()));
        });
    }

    /** Takes the string, unless it belongs to an active token, is being created, or was expired since its issue. */
    private Future<Optional<Creation>> takeUnlessHeld(
            Optional<ForeignPointer> holder, ForeignPointers.Reservation reservation, Deadline deadline) {
        if (holder.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        ForeignPointer present = holder.get();
        if (present.expiredAtMillis().isPresent()) {
            return refused(new Creation.IssuedTooEarly(present.expiredAtMillis().getAsLong()));
        }
        return present.isCommitted() && present.subject().isPresent()
                ? takeFrom(present, present.subject().get(), reservation, deadline)
                : refused(Creation.TAKEN);
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
        return subjects.create(created, deadline).compose(creation -> {
            if (creation instanceof Creation.IssuedTooEarly) {
                return reservation.release().map(creation);
            }
            return creation instanceof Creation.Taken
                    ? replaceUnfinished(reservation, created, deadline)
                    : commit(reservation, creation, created, deadline);
        });
    }

    /**
     * Replaces the record of a creation that was never finished, and so has no pointer. The record may have been expired by
     * the token's string, so it must not become active again. It is read while the string is free: once it is reserved, a
     * renewal could find the record, and would be lost.
     */
    private Future<Creation> replaceUnfinished(
            ForeignPointers.Reservation reservation, NewToken created, Deadline deadline) {
        return reservation
                .release()
                .compose(released -> subjects.findNow(reservation.id(), deadline))
                .compose(unfinished -> {
                    boolean isLater = unfinished
                            .token()
                            .map(token ->
                                    token.issuedAtMillis() > created.token().issuedAtMillis())
                            .orElse(true);
                    return isLater
                            ? Future.succeededFuture(Creation.TAKEN)
                            : take(
                                    reservation,
                                    created,
                                    deadline,
                                    () -> replaceReserved(reservation, unfinished, created, deadline));
                });
    }

    private Future<Creation> replaceReserved(
            ForeignPointers.Reservation reservation, Found unfinished, NewToken created, Deadline deadline) {
        return subjects.replace(unfinished, created.token(), deadline)
                .compose(replaced -> replaced.isPresent()
                        ? commit(reservation, new Creation.Created(replaced.get()), created, deadline)
                        : reservation.release().map(Creation.TAKEN));
    }

    private Future<Creation> commit(
            ForeignPointers.Reservation reservation, Creation creation, NewToken created, Deadline deadline) {
        if (creation instanceof Creation.IssuedTooEarly) {
            return Future.succeededFuture(creation);
        }
        long ttl = created.token().renewableUntil() * 1000 - clock.millis();
        return reservation.commit(ttl).compose(commit -> committed(reservation, creation, commit, deadline));
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
