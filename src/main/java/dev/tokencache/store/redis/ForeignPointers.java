package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenStore.NewToken;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Says whose a foreign token is: its string does not tell the slot of its subject, so a key named after its hash does.
 *
 * <p>The record in the subject's hash is what counts; a pointer without one leads nowhere. Two keys in two slots can not
 * be written at once, so a token is first claimed for a short time, then its record is written, then the claim is made
 * to last. A claim that nobody finished runs out by itself, unless somebody was told meanwhile that the token is good: whoever
 * tells it makes the claim last first. A pointer is only ever replaced by another creation's if it is, to the byte, the one whose
 * record was found dead. Where there is a journal, an expiry of a token that has no pointer is kept in its place.
 */
final class ForeignPointers {

    /** Longer than any call takes. */
    private static final byte[] CLAIM_TTL = RedisCommands.number(10_000);

    private static final byte[] NOTHING = {};

    private final RedisCommands commands;
    private final RedisKeys keys;
    private final Duration maxTtl;
    private final boolean keepsExpiries;
    private final RevocationNotices notices;
    private final Clock clock;

    ForeignPointers(RedisCommands commands, RedisStoreSettings settings, Clock clock) {
        this.commands = commands;
        this.keys = settings.keys();
        this.maxTtl = settings.maxTtl();
        this.keepsExpiries = settings.keepsExpiries();
        this.notices = new RevocationNotices(settings, clock);
        this.clock = clock;
    }

    /**
     * Whose a foreign token is.
     *
     * @param subject the one that the pointer tells
     * @param pointer what is there
     * @param isFromReplica whether a replica said so: it may have been another subject's before
     */
    record Owner(RoutingTag subject, ForeignPointer pointer, boolean isFromReplica) {

        /** Whether it may run out any moment, although the token's record is there: its creation was not finished. */
        boolean isClaim() {
            return !isFromReplica && !pointer.isCommitted();
        }
    }

    /**
     * The owner of a foreign token, if anybody knows it.
     *
     * @return fails with {@link StoreUnavailableException} if only a replica could be asked, and does not know it: it
     *     may have missed the last writes
     */
    Future<Optional<Owner>> ownerOf(TokenHash token, Deadline deadline) {
        return commands.get(keys.pointer(token), deadline).map(answer -> {
            Optional<Owner> owner = owner(answer);
            if (owner.isEmpty() && answer.isFromReplica()) {
                throw new StoreUnavailableException("only a replica could be asked, which does not know the token");
            }
            return owner;
        });
    }

    /** As {@link #ownerOf}, but never from a replica: what a write may rely on. */
    Future<Optional<Owner>> ownerOfNow(TokenHash token, Deadline deadline) {
        return commands.getNow(keys.pointer(token), deadline).map(ForeignPointers::owner);
    }

    private static Optional<Owner> owner(RoutedReply answer) {
        if (answer.response() == null) {
            return Optional.empty();
        }
        ForeignPointer pointer = new ForeignPointer(answer.response().toString());
        return pointer.subject().map(subject -> new Owner(subject, pointer, answer.isFromReplica()));
    }

    /**
     * Makes a claim last whose record is there: its creation may have come to a standstill before it could, and somebody is
     * about to rely on the token.
     *
     * @param claim whose pointer {@link Owner#isClaim}
     * @param live its record
     * @return fails with {@link StoreUnavailableException} if the pointer is no longer that one
     */
    Future<Durability> finish(Owner claim, Token live, Deadline deadline) {
        byte[] ttl = RedisCommands.number(Math.max(1, live.renewableUntil() * 1000 - clock.millis()));
        return commands.run(
                        Scripts.FINISH_POINTER,
                        keys.pointer(live.id().hash()),
                        deadline,
                        ascii(claim.pointer().text()),
                        ttl)
                .map(answer -> {
                    if (RedisCommands.number(answer) == 0) {
                        throw new StoreUnavailableException("its creation was given up just now");
                    }
                    return RedisCommands.durability(answer);
                });
    }

    /**
     * What became of an expiry.
     *
     * @param owner whose the token has become meanwhile, so that nothing was noted; empty if nobody's
     */
    record NotedExpiry(Optional<RoutingTag> owner, Durability durability) {}

    /** Remembers that a token was expired of which nobody knows whose it is: its creation may still be on its way. */
    Future<NotedExpiry> expire(TokenHash token, long atMillis, Deadline deadline) {
        return keepsExpiries
                ? commands.run(
                                Scripts.EXPIRE_POINTER,
                                keys.pointer(token),
                                deadline,
                                notices.with(
                                        new Revocation.OfToken(token),
                                        RedisCommands.number(atMillis),
                                        RedisCommands.number(maxTtl.toMillis())))
                        .map(answer ->
                                new NotedExpiry(owner(answer).map(Owner::subject), RedisCommands.durability(answer)))
                : Future.succeededFuture(new NotedExpiry(Optional.empty(), Durability.AS_CONFIGURED));
    }

    /** A claim on a new token's string; nothing is done yet. */
    Claim claim(NewToken created, String nonce, Deadline deadline) {
        return new Claim(created.token(), nonce, deadline);
    }

    /** What became of a claim that was to last. */
    sealed interface Commit {

        Commit SHARED = new Shared();
        Commit LOST = new Lost();

        /** It does. */
        record Done(Durability durability) implements Commit {}

        /** It ran out, and another creation has given the token to the same subject: there is one record for both. */
        record Shared() implements Commit {}

        /** It ran out, and the token is another subject's, or was expired. */
        record Lost() implements Commit {}
    }

    /** One attempt to give a foreign token to a subject. The nonce makes its pointer another one than that of any other. */
    final class Claim {

        private final TokenId id;
        private final Deadline deadline;
        private final byte[] key;
        private final byte[] tag;
        private final byte[] nonce;
        private final byte[] issuedAt;

        private Claim(Token token, String nonce, Deadline deadline) {
            this.id = token.id();
            this.issuedAt = RedisCommands.number(token.issuedAtMillis());
            this.deadline = deadline;
            this.key = keys.pointer(id.hash());
            this.tag = ascii(id.tag().value());
            this.nonce = ascii(nonce);
        }

        TokenId id() {
            return id;
        }

        /** Empty if the token is taken now, or was by this very claim; else the pointer of whoever has it. */
        Future<Optional<ForeignPointer>> take() {
            return take(NOTHING);
        }

        /** Takes the token from a holder whose record is dead; false if it is no longer that holder's. */
        Future<Boolean> takeFrom(ForeignPointer dead) {
            return take(ascii(dead.text())).map(Optional::isEmpty);
        }

        private Future<Optional<ForeignPointer>> take(byte[] dead) {
            return commands.runLoosely(Scripts.CLAIM_POINTER, key, deadline, tag, nonce, CLAIM_TTL, dead, issuedAt)
                    .map(answer ->
                            Optional.ofNullable(answer.response()).map(text -> new ForeignPointer(text.toString())));
        }

        /**
         * Makes the claim last.
         *
         * @param ttlMillis as long as the token can ever live
         */
        Future<Commit> commit(long ttlMillis) {
            byte[] ttl = RedisCommands.number(Math.max(1, ttlMillis));
            return commands.run(Scripts.COMMIT_POINTER, key, deadline, tag, nonce, ttl)
                    .map(answer -> switch ((int) RedisCommands.number(answer)) {
                        case 1 -> new Commit.Done(RedisCommands.durability(answer));
                        case 2 -> Commit.SHARED;
                        default -> Commit.LOST;
                    });
        }

        /** Gives up a claim that was not made to last. */
        Future<Void> release() {
            return commands.runLoosely(Scripts.RELEASE_POINTER, key, deadline, tag, nonce)
                    .mapEmpty();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
