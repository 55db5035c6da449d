package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenCodec;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.Verdict;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The Redis hash of each subject: its records and its mark. See {@link Scripts} for what is in it. */
final class SubjectHashes {

    private static final byte[] YES = {'1'};
    private static final byte[] NO = {'0'};

    private final RedisCommands commands;
    private final RedisKeys keys;
    private final Duration maxTtl;
    private final boolean keepsExpiries;
    private final Clock clock;
    private final RevocationNotices notices;

    SubjectHashes(RedisCommands commands, RedisStoreSettings settings, Clock clock) {
        this.commands = commands;
        this.keys = settings.keys();
        this.maxTtl = settings.maxTtl();
        this.keepsExpiries = settings.keepsExpiries();
        this.clock = clock;
        this.notices = new RevocationNotices(settings, clock);
    }

    private static final Verdict NOT_ON_REPLICA =
            new Verdict.Unknown(new StoreUnavailableException("only a replica could be asked, which does not know it"));

    /**
     * What one look found.
     *
     * @param id where it looked
     * @param record the record, or the expiry, as it is in Redis, or null if there is none
     * @param notBeforeMillis the subject's mark, or {@link Token#NOT_BEFORE_UNSET}
     * @param isFromReplica whether a replica said so, while its master was silent
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; the bytes go back to Redis as they came
    record Found(TokenId id, byte @Nullable [] record, long notBeforeMillis, boolean isFromReplica) {

        /**
         * What that says of the token.
         *
         * @throws IllegalArgumentException if the record can not be read: nobody knows then whether the token is good
         */
        Verdict verdict(long nowMillis) {
            if (record == null) {
                // A replica may have missed the last writes: what it does not know may exist.
                return isFromReplica ? NOT_ON_REPLICA : Verdict.INACTIVE;
            }
            if (SubjectContents.isExpiry(record)) {
                return Verdict.INACTIVE;
            }
            Verdict verdict = Verdict.of(TokenCodec.decode(id, record), nowMillis, notBeforeMillis);
            return isFromReplica ? onReplica(verdict) : verdict;
        }

        /** What the record says, live or not. */
        Optional<Token> token() {
            return record == null || SubjectContents.isExpiry(record)
                    ? Optional.empty()
                    : Optional.of(TokenCodec.decode(id, record));
        }
    }

    /** A verdict that rests on what a replica knew. */
    static Verdict onReplica(Verdict verdict) {
        return verdict instanceof Verdict.Active active
                ? new Verdict.Active(active.token(), Verdict.Basis.REPLICA)
                : verdict;
    }

    /** Reads a record and the subject's mark: one command. While the master is silent, a replica may answer. */
    Future<Found> find(TokenId id, Deadline deadline) {
        return commands.fields(
                        keys.subject(id.tag()), RedisKeys.NOT_BEFORE, id.hash().bytes(), deadline)
                .map(answer -> found(id, answer));
    }

    /** As {@link #find}, but never from a replica: what a write may rely on. */
    Future<Found> findNow(TokenId id, Deadline deadline) {
        return commands.fieldsNow(
                        keys.subject(id.tag()), RedisKeys.NOT_BEFORE, id.hash().bytes(), deadline)
                .map(answer -> found(id, answer));
    }

    private static Found found(TokenId id, RoutedReply answer) {
        Response fields = list(answer);
        Response notBefore = fields.get(0);
        Response record = fields.get(1);
        return new Found(
                id,
                record == null ? null : record.toBytes(),
                notBefore == null ? Token.NOT_BEFORE_UNSET : notBefore.toLong(),
                answer.isFromReplica());
    }

    private static Response list(RoutedReply answer) {
        if (answer.response() == null) {
            throw new IllegalStateException("the command answers with a list");
        }
        return answer.response();
    }

    /** Keeps a record. One that is there already may be of this very creation: its answer was lost, it is repeated. */
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

    private Future<Creation> create(NewToken created, Deadline deadline) {
        Token token = created.token();
        long now = clock.millis();
        return commands.run(
                        Scripts.CREATE,
                        keys.subject(token.id().tag()),
                        deadline,
                        token.id().hash().bytes(),
                        TokenCodec.encode(token),
                        RedisCommands.number(token.issuedAtMillis()),
                        ttl(token, now),
                        RedisCommands.number(now),
                        created.isForeign() ? YES : NO)
                .map(answer -> {
                    long number = RedisCommands.number(answer);
                    if (number == 0) {
                        return new Creation.Created(RedisCommands.durability(answer));
                    }
                    return number == -1 ? Creation.TAKEN : new Creation.IssuedTooEarly(number);
                });
    }

    /** Replaces a record; empty if it is no longer as it was found. */
    Future<Optional<Durability>> replace(Found found, Token token, Deadline deadline) {
        if (found.record() == null) {
            return Future.succeededFuture(Optional.empty());
        }
        return commands.run(
                        Scripts.REPLACE,
                        keys.subject(token.id().tag()),
                        deadline,
                        notices.with(
                                new Revocation.OfToken(token.id().hash()),
                                token.id().hash().bytes(),
                                found.record(),
                                TokenCodec.encode(token),
                                ttl(token, clock.millis())))
                .map(answer -> RedisCommands.number(answer) == 1
                        ? Optional.of(RedisCommands.durability(answer))
                        : Optional.empty());
    }

    /** Writes a validation down, unless the record was changed meanwhile; no replica needs to have that at once. */
    Future<RoutedReply> touch(Found found, Token touched, Deadline deadline) {
        byte[] read = found.record();
        if (read == null) {
            return Future.failedFuture(new IllegalStateException("there is no record to touch"));
        }
        return commands.runLoosely(
                Scripts.REPLACE,
                keys.subject(found.id().tag()),
                deadline,
                found.id().hash().bytes(),
                read,
                TokenCodec.encode(touched),
                ttl(touched, clock.millis()));
    }

    /** Deletes a record or, where somebody may still want to keep it, puts its expiry in its place. */
    Future<Durability> expire(TokenId id, long atMillis, Deadline deadline) {
        if (keepsExpiries) {
            return expireForGood(id, atMillis, maxTtl.toMillis(), NO, deadline);
        }
        byte[] field = id.hash().bytes();
        return commands.run(
                        Scripts.EXPIRE,
                        keys.subject(id.tag()),
                        deadline,
                        notices.with(new Revocation.OfToken(id.hash()), field))
                .map(RedisCommands::durability);
    }

    /** Puts an expiry that is known until a moment where its token could be, unless that was issued again since. */
    Future<Durability> expirePast(TokenId id, long atMillis, long untilMillis, Deadline deadline) {
        long rest = Math.min(maxTtl.toMillis(), untilMillis - clock.millis());
        return expireForGood(id, atMillis, rest, YES, deadline);
    }

    private Future<Durability> expireForGood(
            TokenId id, long atMillis, long knownMillis, byte[] laterStays, Deadline deadline) {
        return commands.run(
                        Scripts.EXPIRE_FOR_GOOD,
                        keys.subject(id.tag()),
                        deadline,
                        notices.with(
                                new Revocation.OfToken(id.hash()),
                                id.hash().bytes(),
                                RedisCommands.number(atMillis),
                                RedisCommands.number(clock.millis()),
                                RedisCommands.number(knownMillis),
                                laterStays))
                .map(RedisCommands::durability);
    }

    /** Sets the mark to a moment, or past every token that exists, and answers what it is then. */
    Future<SubjectNotBefore> expireAll(RoutingTag subject, OptionalLong before, Deadline deadline) {
        long now = clock.millis();
        return commands.run(
                        Scripts.EXPIRE_SUBJECT,
                        keys.subject(subject),
                        deadline,
                        notices.with(
                                new Revocation.OfSubject(subject),
                                RedisCommands.number(before.orElse(now)),
                                before.isPresent() ? NO : YES,
                                // As long as a token that was issued before it could live.
                                RedisCommands.number(maxTtl.toMillis()),
                                RedisCommands.number(now)))
                .map(answer -> new SubjectNotBefore(RedisCommands.number(answer), RedisCommands.durability(answer)));
    }

    Future<SubjectTokens> list(RoutingTag subject, Deadline deadline) {
        return commands.allFields(keys.subject(subject), deadline)
                .map(answer -> SubjectContents.of(subject, list(answer)).live(clock.millis()));
    }

    /** How long the hash must live for a token, from now. At least a moment: it may be at its end already. */
    private static byte[] ttl(Token token, long nowMillis) {
        return RedisCommands.number(Math.max(1, token.endMillis() - nowMillis));
    }
}
