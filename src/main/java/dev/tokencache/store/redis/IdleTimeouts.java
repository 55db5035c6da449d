package dev.tokencache.store.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tokencache.redis.Deadline;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.Verdict;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Records validations, and decides on tokens whose idle timeout has passed. Such a token is inactive only if Redis takes the
 * record of a validation: otherwise it may have been validated, and the record was lost. Then the verdict is unknown.
 *
 * <p>A validation that Redis did not take is remembered and recorded later, so that the token is active again afterwards. The
 * memory is this process': another instance, or this one after a restart, knows only that Redis takes writes. Thread-safe.
 */
final class IdleTimeouts {

    private static final Logger LOG = Logger.getLogger(IdleTimeouts.class);
    private static final int MAX_MISSED = 100_000;
    private static final int FLUSHED_AT_ONCE = 50;
    private static final long FLUSH_INTERVAL_MILLIS = 200;

    /** What this class needs of Redis. */
    interface Records {

        /** Replaces a record. False if it changed since it was read. */
        Future<Boolean> replace(Found read, Token token, Deadline deadline);

        /** Reads a record, not from a replica. */
        Future<Found> read(TokenId id, Deadline deadline);

        /** Identifies the node that takes the writes of a token. */
        Object shardOf(TokenId id);

        /** The deadline of a call that no caller waits for. */
        Deadline deadline();
    }

    private final Records records;
    private final Clock clock;
    /** When a write was sent last that a shard took. */
    private final Map<Object, Long> lastWritten = new ConcurrentHashMap<>();
    /** Since when a shard takes no writes. */
    private final Map<Object, Long> failingSince = new ConcurrentHashMap<>();
    /** Validations that Redis did not take, with their time. */
    private final Cache<TokenId, Long> missed = Caffeine.newBuilder()
            .maximumSize(MAX_MISSED)
            .executor(Runnable::run)
            .build();

    private final AtomicLong nextFlush = new AtomicLong();
    private final Consumer<Token> missedTouches;

    /** @param missedTouches receives each token with a validation that Redis did not take */
    IdleTimeouts(Records records, Clock clock, Consumer<Token> missedTouches) {
        this.records = records;
        this.clock = clock;
        this.missedTouches = missedTouches;
    }

    /** The verdict on a record as it was read. */
    Future<Verdict> verdict(Found found, boolean isValidation, Deadline deadline) {
        long now = clock.millis();
        Verdict verdict = found.verdict(now);
        if (verdict instanceof Verdict.Active active) {
            if (isValidation && active.token().isTouchDue(now)) {
                validated(found, active.token());
            }
        } else if (verdict instanceof Verdict.Inactive) {
            Optional<Token> idle = found.token().filter(token -> token.isOnlyIdle(now, found.notBeforeMillis()));
            if (idle.isPresent()) {
                return verdict(found, idle.get(), isValidation, deadline);
            }
        }
        return Future.succeededFuture(verdict);
    }

    /** Records a validation. The verdict does not wait for it. */
    void validated(Found found, Token token) {
        long now = clock.millis();
        Token touched = token.touched(now);
        if (found.isFromReplica()) {
            failingSince.putIfAbsent(records.shardOf(found.id()), now);
            missed(touched);
            return;
        }
        write(found, touched, records.deadline()).onFailure(failure -> {
            LOG.debugf("Touch not written; jti=%s cause=%s", found.id(), failure);
            missed(touched);
        });
    }

    private void missed(Token touched) {
        missed.put(touched.id(), touched.lastSeenMillis());
        missedTouches.accept(touched);
    }

    /** The verdict on a token that only its idle timeout has ended; a validation restarts that. */
    Future<Verdict> verdict(Found found, Token token, boolean isValidation, Deadline deadline) {
        long now = clock.millis();
        TokenId id = found.id();
        Object shard = records.shardOf(id);
        Long seen = missed.getIfPresent(id);
        boolean isMissed = seen != null && token.touched(seen).isActive(now, found.notBeforeMillis());
        if (found.isFromReplica()) {
            failingSince.putIfAbsent(shard, now);
            remember(id, shard, token, isMissed, isValidation);
            return unknown(new StoreUnavailableException("only a replica returned the last validation of the token"));
        }
        if (!isMissed && lastWritten.getOrDefault(shard, 0L) >= token.endMillis()) {
            return Future.succeededFuture(Verdict.INACTIVE);
        }
        // An unchanged record is written, too: only then it is certain that Redis takes validations.
        Token written = isMissed ? token.touched(isValidation ? now : seen) : token;
        return write(found, written, deadline)
                .compose(isWritten -> isWritten
                        ? Future.succeededFuture(isMissed ? new Verdict.Active(written) : Verdict.INACTIVE)
                        // Another call changed the record, so Redis takes writes.
                        : records.read(id, deadline).compose(again -> verdict(again, isValidation, deadline)))
                .recover(failure -> {
                    remember(id, shard, token, isMissed, isValidation);
                    return unknown(failure);
                });
    }

    /** Remembers a validation after the idle end, unless the token was idle already when the writes began to fail. */
    private void remember(TokenId id, Object shard, Token token, boolean isMissed, boolean isValidation) {
        long now = clock.millis();
        if (isValidation && (isMissed || failingSince.getOrDefault(shard, now) <= token.endMillis())) {
            missed.put(id, now);
        }
    }

    private static Future<Verdict> unknown(Throwable cause) {
        return Future.succeededFuture(new Verdict.Unknown(cause));
    }

    private Future<Boolean> write(Found found, Token token, Deadline deadline) {
        long sentAt = clock.millis();
        Object shard = records.shardOf(found.id());
        return records.replace(found, token, deadline)
                .onSuccess(isWritten -> {
                    lastWritten.merge(shard, sentAt, Math::max);
                    failingSince.remove(shard);
                    if (isWritten) {
                        missed.asMap()
                                .computeIfPresent(
                                        found.id(), (id, seen) -> seen <= token.lastSeenMillis() ? null : seen);
                    }
                    flush();
                })
                .onFailure(failure -> failingSince.putIfAbsent(shard, sentAt));
    }

    /** Records some of the missed validations, now that a shard takes writes. Those of other shards may be missed again. */
    private void flush() {
        if (missed.asMap().isEmpty()) {
            return;
        }
        long now = clock.millis();
        long due = nextFlush.get();
        if (now < due || !nextFlush.compareAndSet(due, now + FLUSH_INTERVAL_MILLIS)) {
            return;
        }
        List<Map.Entry<TokenId, Long>> some =
                missed.asMap().entrySet().stream().limit(FLUSHED_AT_ONCE).toList();
        some.forEach(entry -> flush(entry.getKey(), entry.getValue()));
    }

    private void flush(TokenId id, long seen) {
        records.read(id, records.deadline())
                .compose(found -> {
                    Token token =
                            found.token().map(present -> present.touched(seen)).orElse(null);
                    if (token == null || !token.isActive(clock.millis(), found.notBeforeMillis())) {
                        missed.asMap().remove(id, seen);
                        return Future.succeededFuture(true);
                    }
                    return write(found, token, records.deadline());
                })
                .onFailure(failure -> LOG.debugf("Touch not written yet; jti=%s cause=%s", id, failure));
    }
}
