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
 * Creates a token whose string another system made: its pointer and its record are two keys in two slots. The pointer is
 * claimed, the record is written, the claim is made to last; see {@link ForeignPointers} for why nothing that was
 * acknowledged can be lost on the way.
 */
final class ForeignCreation {

    private final SubjectHashes subjects;
    private final ForeignPointers pointers;
    private final Duration maxTtl;
    private final Clock clock;

    ForeignCreation(SubjectHashes subjects, ForeignPointers pointers, Duration maxTtl, Clock clock) {
        this.subjects = subjects;
        this.pointers = pointers;
        this.maxTtl = maxTtl;
        this.clock = clock;
    }

    /** @param nonce tells this creation from every other of the same string */
    Future<Creation> create(NewToken created, String nonce, Deadline deadline) {
        ForeignPointers.Claim claim = pointers.claim(created, nonce, deadline);
        return take(claim, deadline)
                .compose(refusal -> refusal.isEmpty()
                        ? createClaimed(claim, created, deadline)
                        : Future.succeededFuture(refusal.get()));
    }

    /** Takes the string for this creation, unless it is that of a live token, is just being created, or was expired since. */
    private Future<Optional<Creation>> take(ForeignPointers.Claim claim, Deadline deadline) {
        return claim.take().compose(holder -> {
            if (holder.isEmpty()) {
                return Future.succeededFuture(Optional.empty());
            }
            ForeignPointer present = holder.get();
            if (present.expiredAtMillis().isPresent()) {
                return refused(
                        new Creation.IssuedTooEarly(present.expiredAtMillis().getAsLong()));
            }
            return present.isCommitted() && present.subject().isPresent()
                    ? takeFrom(present, present.subject().get(), claim, deadline)
                    : refused(Creation.TAKEN);
        });
    }

    private Future<Optional<Creation>> takeFrom(
            ForeignPointer holder, RoutingTag subject, ForeignPointers.Claim claim, Deadline deadline) {
        TokenId held = new TokenId(subject, claim.id().hash());
        return subjects.findNow(held, deadline)
                .compose(found -> found.verdict(clock.millis()) instanceof Verdict.Active
                        ? refused(Creation.TAKEN)
                        : claim.takeFrom(holder).map(taken -> taken ? Optional.empty() : Optional.of(Creation.TAKEN)));
    }

    private static Future<Optional<Creation>> refused(Creation why) {
        return Future.succeededFuture(Optional.of(why));
    }

    private Future<Creation> createClaimed(ForeignPointers.Claim claim, NewToken created, Deadline deadline) {
        return subjects.createOnce(created, deadline).compose(creation -> {
            if (creation instanceof Creation.IssuedTooEarly) {
                return claim.release().map(creation);
            }
            // Also if it was taken: a create that nobody finished may have left a live record without a pointer. How
            // long that one can live is not known here.
            long ttl = creation instanceof Creation.Taken
                    ? maxTtl.toMillis()
                    : created.token().renewableUntil() * 1000 - clock.millis();
            return claim.commit(ttl).compose(commit -> committed(claim, creation, commit, deadline));
        });
    }

    private Future<Creation> committed(
            ForeignPointers.Claim claim, Creation creation, ForeignPointers.Commit commit, Deadline deadline) {
        if (commit instanceof ForeignPointers.Commit.Lost) {
            return subjects.expire(claim.id(), clock.millis(), deadline).map(Creation.TAKEN);
        }
        if (commit instanceof ForeignPointers.Commit.Done done) {
            return Future.succeededFuture(
                    creation instanceof Creation.Created kept
                            ? new Creation.Created(kept.durability().and(done.durability()))
                            : creation);
        }
        // The record is that of the other creation, too, which may have been acknowledged: it stays.
        return Future.succeededFuture(Creation.TAKEN);
    }
}
