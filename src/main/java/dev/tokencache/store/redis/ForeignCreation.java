package dev.tokencache.store.redis;

import dev.tokencache.store.redis.router.Deadline;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.Verdict;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;

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
    Future<Creation> create(Token token, String nonce, Deadline deadline) {
        ForeignPointers.Claim claim = pointers.claim(token.id(), nonce, deadline);
        return take(claim, deadline)
                .compose(taken ->
                        taken ? createClaimed(claim, token, deadline) : Future.succeededFuture(Creation.TAKEN));
    }

    /** Takes the token string for this creation, unless it is that of a live token, or is just being created. */
    private Future<Boolean> take(ForeignPointers.Claim claim, Deadline deadline) {
        return claim.take().compose(holder -> {
            if (holder.isEmpty()) {
                return Future.succeededFuture(true);
            }
            return holder.get().isCommitted() ? takeFrom(holder.get(), claim, deadline) : Future.succeededFuture(false);
        });
    }

    private Future<Boolean> takeFrom(ForeignPointers.Pointer holder, ForeignPointers.Claim claim, Deadline deadline) {
        TokenId held = new TokenId(holder.subject(), claim.id().hash());
        return subjects.findNow(held, deadline)
                .compose(found -> found.verdict(clock.millis()) instanceof Verdict.Active
                        ? Future.succeededFuture(false)
                        : claim.takeFrom(holder));
    }

    private Future<Creation> createClaimed(ForeignPointers.Claim claim, Token token, Deadline deadline) {
        return subjects.createOnce(token, deadline).compose(creation -> {
            if (creation instanceof Creation.IssuedTooEarly) {
                return claim.release().map(creation);
            }
            // Also if it was taken: a create that nobody finished may have left a live record without a pointer. How
            // long that one can live is not known here.
            long ttl =
                    creation instanceof Creation.Taken ? maxTtl.toMillis() : token.latestEnd() * 1000 - clock.millis();
            return claim.commit(ttl).compose(committed -> {
                if (committed.isEmpty()) {
                    return subjects.expire(token.id(), deadline).map(Creation.TAKEN);
                }
                return Future.succeededFuture(
                        creation instanceof Creation.Created created
                                ? new Creation.Created(created.durability().and(committed.get()))
                                : creation);
            });
        });
    }
}
