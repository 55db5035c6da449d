package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.seal.Place;
import dev.tokencache.seal.Seal;
import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads and writes the Redis hash of a subject: its records and its not-before time. {@link Scripts} defines the fields. */
final class SubjectHashes {

    private static final byte[] YES = {'1'};
    private static final byte[] NO = {'0'};

    /** No command runs this late: each says until when a node may run it, and clocks do not jump by minutes. */
    static final Duration LATE_COMMANDS = Duration.ofMinutes(5);

    /** How long a record is kept after its idle timeout: the longest time for which Redis may refuse validations. */
    private static final Duration IDLE_RECORDS = Duration.ofDays(1);

    private final RedisCommands commands;
    private final RedisKeys keys;
    private final Seal seal;
    private final Duration maxTtl;
    private final boolean keepsExpiries;
    private final Clock clock;
    private final RevocationNotices notices;

    SubjectHashes(RedisCommands commands, RedisStoreSettings settings, Clock clock) {
        this.commands = commands;
        this.keys = settings.keys();
        this.seal = settings.seal();
        this.maxTtl = settings.maxTtl();
        this.keepsExpiries = settings.keepsExpiries();
        this.clock = clock;
        this.notices = new RevocationNotices(settings, clock);
    }

    /** Reads a record and the subject's not-before time with one command. A replica may reply if the master does not. */
    Future<Found> find(TokenId id, Deadline deadline) {
        byte[] key = keys.subject(id.tag());
        return commands.fields(key, RedisKeys.NOT_BEFORE, id.hash().bytes(), deadline)
                .map(answer -> Found.of(id, key, answer, seal));
    }

    /** As {@link #find}, but never from a replica, as a write requires. */
    Future<Found> findNow(TokenId id, Deadline deadline) {
        byte[] key = keys.subject(id.tag());
        return commands.fieldsNow(key, RedisKeys.NOT_BEFORE, id.hash().bytes(), deadline)
                .map(answer -> Found.of(id, key, answer, seal));
    }

    /** Stores a new record. An existing record of the same creation counts as success, since the reply may have been lost. */
    Future<Creation> createOnce(NewToken created, Deadline deadline) {
        Token token = created.token();
        return create(created, deadline)
                .compose(creation -> creation instanceof Creation.Taken
                        ? findNow(token.id(), deadline)
                                .map(found -> isSameIssue(found, token) ? Creation.CREATED : Creation.TAKEN)
                        : Future.succeededFuture(creation));
    }

    private static boolean isSameIssue(Found found, Token token) {
        return found.token().map(token::isSameIssue).orElse(false);
    }

    /** Stores a new record. Another active record of the same token counts as taken, even one of the same creation. */
    Future<Creation> create(NewToken created, Deadline deadline) {
        Token token = created.token();
        byte[] key = keys.subject(token.id().tag());
        long now = clock.millis();
        return commands.run(
                        Scripts.CREATE,
                        key,
                        deadline,
                        notices.withChannel(
                                token.id().hash().bytes(),
                                encode(token, key),
                                RedisCommands.number(token.issuedAtMillis()),
                                ttl(token, now),
                                RedisCommands.number(now),
                                created.isForeign() ? YES : NO,
                                RedisCommands.number(created.maxTokens()),
                                RedisCommands.number((keepsExpiries ? maxTtl : LATE_COMMANDS).toMillis())))
                .map(answer -> creation(token.id().tag(), key, answer));
    }

    private byte[] encode(Token token, byte[] key) {
        return seal.encode(token, Place.ofRecord(key, token.id().hash().bytes()));
    }

    private Creation creation(RoutingTag subject, byte[] key, RoutedReply answer) {
        if (answer.response() != null && answer.response().type() == ResponseType.BULK) {
            return new Creation.IssuedTooEarly(
                    NotBefore.of(answer.response(), key, seal).millis());
        }
        if (answer.response() != null && answer.response().type() == ResponseType.MULTI) {
            List<TokenId> evicted = answer.response().stream()
                    .map(field -> new TokenId(subject, TokenHash.ofBytes(field.toBytes())))
                    .toList();
            return new Creation.Created(RedisCommands.durability(answer), evicted);
        }
        long number = RedisCommands.number(answer);
        if (number == 0) {
            return new Creation.Created(RedisCommands.durability(answer));
        }
        return number == -1 ? Creation.TAKEN : new Creation.IssuedTooEarly(number);
    }

    /** Replaces a record, unless it changed since it was read: then empty. */
    Future<Optional<Durability>> replace(Found found, Token token, Deadline deadline) {
        if (found.record() == null) {
            return Future.succeededFuture(Optional.empty());
        }
        byte[] key = keys.subject(token.id().tag());
        return commands.run(
                        Scripts.REPLACE,
                        key,
                        deadline,
                        notices.with(
                                new Revocation.OfToken(token.id().hash()),
                                token.id().hash().bytes(),
                                found.record(),
                                encode(token, key),
                                ttl(token, clock.millis())))
                .map(answer -> RedisCommands.number(answer) == 1
                        ? Optional.of(RedisCommands.durability(answer))
                        : Optional.empty());
    }

    /** Records a validation, unless the record changed meanwhile. Does not wait for replicas. */
    Future<RoutedReply> touch(Found found, Token touched, Deadline deadline) {
        byte[] read = found.record();
        if (read == null) {
            return Future.failedFuture(new IllegalStateException("there is no record to touch"));
        }
        byte[] key = keys.subject(found.id().tag());
        return commands.runLoosely(
                Scripts.REPLACE,
                key,
                deadline,
                found.id().hash().bytes(),
                read,
                encode(touched, key),
                ttl(touched, clock.millis()));
    }

    /**
     * Replaces a record with its expiry. A create that was given up can still reach Redis: the expiry is stored until that
     * create can no longer run, or for as long as the token could be active if a write can come from a journal or an old store.
     */
    Future<Durability> expire(TokenId id, long atMillis, Deadline deadline) {
        return keepsExpiries
                ? expire(id, atMillis, maxTtl.toMillis(), NO, NO, deadline)
                : expire(id, atMillis, LATE_COMMANDS.toMillis(), YES, NO, deadline);
    }

    /** Stores an expiry until a given time, unless the token was issued again since. */
    Future<Durability> expirePast(TokenId id, long atMillis, long untilMillis, Deadline deadline) {
        long rest = Math.min(maxTtl.toMillis(), untilMillis - clock.millis());
        return expire(id, atMillis, rest, NO, YES, deadline);
    }

    private Future<Durability> expire(
            TokenId id, long atMillis, long storedMillis, byte[] isShort, byte[] keepsLaterIssue, Deadline deadline) {
        return commands.run(
                        Scripts.EXPIRE,
                        keys.subject(id.tag()),
                        deadline,
                        notices.with(
                                new Revocation.OfToken(id.hash()),
                                id.hash().bytes(),
                                RedisCommands.number(atMillis),
                                RedisCommands.number(clock.millis()),
                                RedisCommands.number(storedMillis),
                                isShort,
                                keepsLaterIssue))
                .map(RedisCommands::durability);
    }

    /**
     * Sets the not-before time to a moment, or past every existing token, and returns it. A token may have been issued by an
     * instance whose clock is ahead: then its issue is the not-before time.
     */
    Future<SubjectNotBefore> expireAll(RoutingTag subject, OptionalLong before, Deadline deadline) {
        return before.isPresent()
                ? setNotBefore(subject, before.getAsLong(), deadline)
                : expireUntil(subject, clock.millis(), deadline);
    }

    private Future<SubjectNotBefore> expireUntil(RoutingTag subject, long notBeforeMillis, Deadline deadline) {
        return setNotBefore(subject, notBeforeMillis, deadline)
                .compose(reply -> reply.hasLaterIssue()
                        ? expireUntil(subject, reply.latestIssueMillis(), deadline)
                        : Future.succeededFuture(reply));
    }

    /** From the reply to {@link Scripts#EXPIRE_SUBJECT} or {@link Scripts#EXPIRE_OTHERS}. */
    private SubjectNotBefore notBefore(RoutedReply answer, byte[] key) {
        Response reply = RedisCommands.list(answer);
        long latest = Math.min(reply.get(1).toLong(), Token.latestIssueMillis(clock.millis()));
        return new SubjectNotBefore(
                NotBefore.of(reply.get(0), key, seal).millis(), latest, RedisCommands.durability(answer));
    }

    private Future<SubjectNotBefore> setNotBefore(RoutingTag subject, long notBeforeMillis, Deadline deadline) {
        byte[] key = keys.subject(subject);
        return commands.run(
                        Scripts.EXPIRE_SUBJECT,
                        key,
                        deadline,
                        notices.with(
                                new Revocation.OfSubject(subject),
                                NotBefore.bytes(notBeforeMillis, key, seal),
                                // As long as a token issued before it could live.
                                RedisCommands.number(maxTtl.toMillis()),
                                RedisCommands.number(clock.millis())))
                .map(answer -> notBefore(answer, key));
    }

    /**
     * Sets the not-before time and replaces one record with its new issue. Empty if the record changed since it was read, or
     * the subject has a not-before time that ends the new issue, too.
     */
    Future<Optional<SubjectNotBefore>> expireOthers(
            Found kept, Token reissued, long notBeforeMillis, Deadline deadline) {
        byte[] read = kept.record();
        if (read == null) {
            return Future.succeededFuture(Optional.empty());
        }
        byte[] key = keys.subject(kept.id().tag());
        return commands.run(
                        Scripts.EXPIRE_OTHERS,
                        key,
                        deadline,
                        notices.with(
                                new Revocation.OfSubject(kept.id().tag()),
                                NotBefore.bytes(notBeforeMillis, key, seal),
                                RedisCommands.number(maxTtl.toMillis()),
                                RedisCommands.number(clock.millis()),
                                kept.id().hash().bytes(),
                                read,
                                encode(reissued, key)))
                .map(answer -> answer.response() == null ? Optional.empty() : Optional.of(notBefore(answer, key)));
    }

    /**
     * The remaining lifetime that the hash needs for a token, in milliseconds. At least 1, as Redis requires. A record outlives
     * its idle timeout, because Redis may refuse or lose the validations that would extend it.
     */
    private static byte[] ttl(Token token, long nowMillis) {
        long end = token.idleTimeout() == 0
                ? token.endMillis()
                : Math.min(token.expiresAt() * 1000L, token.endMillis() + IDLE_RECORDS.toMillis());
        return RedisCommands.number(Math.max(1, end - nowMillis));
    }
}
