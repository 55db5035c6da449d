package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.seal.Place;
import dev.tokencache.seal.Seal;
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
import java.util.function.BooleanSupplier;

/**
 * The pointers from foreign tokens to their subjects. A foreign string does not reveal the slot of its subject, so a key named
 * after its hash does.
 *
 * <p>The record in the subject's hash is authoritative; a pointer without a record has no effect. Two keys in two slots
 * cannot be written atomically. A creation therefore reserves the pointer for a short time, writes the record, and commits
 * the reservation. An unfinished reservation expires automatically, but a reader commits it before it reports the token
 * active. A creation replaces another one's pointer only if the pointer is byte for byte the one whose record was found
 * inactive. With a journal, the expiry of a token without a pointer is stored in place of the pointer.
 */
final class ForeignPointers {

    /** Longer than any call takes, in milliseconds. */
    private static final byte[] RESERVATION_TTL = RedisCommands.number(10_000);

    private static final byte[] NOTHING = {};

    private final RedisCommands commands;
    private final RedisKeys keys;
    private final Seal seal;
    private final Duration maxTtl;
    private final boolean keepsExpiries;
    private final BooleanSupplier hasLateCreations;
    private final RevocationNotices notices;
    private final Clock clock;

    ForeignPointers(RedisCommands commands, RedisStoreSettings settings, Clock clock) {
        this.commands = commands;
        this.keys = settings.keys();
        this.seal = settings.seal();
        this.maxTtl = settings.maxTtl();
        this.keepsExpiries = settings.keepsExpiries();
        this.hasLateCreations = settings.hasLateCreations();
        this.notices = new RevocationNotices(settings, clock);
        this.clock = clock;
    }

    /** The owner of a foreign token. A replica's pointer may be outdated. */
    record Owner(RoutingTag subject, ForeignPointer pointer, boolean isFromReplica) {

        /** Whether the creation is unfinished, so the pointer may expire while the record exists. */
        boolean isReservation() {
            return !isFromReplica && !pointer.isCommitted();
        }
    }

    /**
     * Reads the owner of a foreign token. A replica may reply if the master does not; if it has no pointer, this fails
     * with {@link StoreUnavailableException}, since it may have missed the last writes.
     */
    Future<Optional<Owner>> ownerOf(TokenHash token, Deadline deadline) {
        byte[] key = keys.pointer(token);
        return commands.get(key, deadline).map(answer -> {
            Optional<Owner> owner = owner(answer, key);
            if (owner.isEmpty() && answer.isFromReplica()) {
                throw new StoreUnavailableException("the master did not reply, and its replica has no pointer");
            }
            return owner;
        });
    }

    /** As {@link #ownerOf}, but never from a replica, as a write requires. */
    Future<Optional<Owner>> ownerOfNow(TokenHash token, Deadline deadline) {
        byte[] key = keys.pointer(token);
        return commands.getNow(key, deadline).map(answer -> owner(answer, key));
    }

    private Optional<Owner> owner(RoutedReply answer, byte[] key) {
        if (answer.response() == null) {
            return Optional.empty();
        }
        ForeignPointer pointer = ForeignPointer.of(answer.response().toString(), key, seal);
        return pointer.subject().map(subject -> new Owner(subject, pointer, answer.isFromReplica()));
    }

    /**
     * Commits the reservation of another creation, which may have stalled, because a caller is about to rely on the
     * token. Fails with {@link StoreUnavailableException} if the pointer changed.
     */
    Future<Durability> finish(Owner reservation, Token live, Deadline deadline) {
        byte[] ttl = RedisCommands.number(Math.max(1, live.renewableUntil() * 1000 - clock.millis()));
        return commands.run(
                        Scripts.FINISH_POINTER,
                        keys.pointer(live.id().hash()),
                        deadline,
                        ascii(reservation.pointer().text()),
                        ttl)
                .map(answer -> {
                    if (RedisCommands.number(answer) == 0) {
                        throw new StoreUnavailableException("the creation of the token was given up");
                    }
                    return RedisCommands.durability(answer);
                });
    }

    /** Whether a string belongs to the token of a creation. Our own strings belong to one token only. */
    Future<Boolean> isCreatedBy(NewToken created, Deadline deadline) {
        TokenId id = created.token().id();
        String nonce = created.foreignNonce();
        return nonce == null
                ? Future.succeededFuture(true)
                : ownerOfNow(id.hash(), deadline)
                        .map(owner -> owner.filter(present -> present.subject().equals(id.tag())
                                        && present.pointer().nonce().equals(Optional.of(nonce)))
                                .isPresent());
    }

    /** The outcome of storing an expiry: nothing is stored if an owner has appeared meanwhile. */
    record StoredExpiry(Optional<RoutingTag> owner, Durability durability) {}

    /** Stores the expiry of a token without an owner, because its creation may still arrive late. */
    Future<StoredExpiry> expire(TokenHash token, long atMillis, Deadline deadline) {
        byte[] key = keys.pointer(token);
        return keepsExpiries
                ? commands.run(
                                Scripts.EXPIRE_POINTER,
                                key,
                                deadline,
                                notices.with(
                                        new Revocation.OfToken(token),
                                        RedisCommands.number(atMillis),
                                        RedisCommands.number(unknownExpiryTtl().toMillis())))
                        .map(answer -> new StoredExpiry(
                                owner(answer, key).map(Owner::subject), RedisCommands.durability(answer)))
                : Future.succeededFuture(new StoredExpiry(Optional.empty(), Durability.AS_CONFIGURED));
    }

    /** Anyone can send strings to a logout page: their expiries must not fill Redis. */
    private Duration unknownExpiryTtl() {
        boolean isShort = !hasLateCreations.getAsBoolean() && SubjectHashes.LATE_COMMANDS.compareTo(maxTtl) < 0;
        return isShort ? SubjectHashes.LATE_COMMANDS : maxTtl;
    }

    /** A reservation of a new token's string. Does nothing yet. */
    Reservation reservation(NewToken created, String nonce, Deadline deadline) {
        return new Reservation(created.token(), nonce, deadline);
    }

    sealed interface Commit {

        Commit SHARED = new Shared();
        Commit LOST = new Lost();

        record Done(Durability durability) implements Commit {}

        /** The reservation expired, and another creation gave the token to the same subject: both share one record. */
        record Shared() implements Commit {}

        /** The reservation expired, and the token belongs to another subject or was expired. */
        record Lost() implements Commit {}
    }

    /** One attempt to give a foreign token to a subject. The nonce makes its pointer unique. */
    final class Reservation {

        private final TokenId id;
        private final Deadline deadline;
        private final byte[] key;
        private final byte[] tag;
        private final String creation;
        private final byte[] nonce;
        private final byte[] issuedAt;

        private Reservation(Token token, String nonce, Deadline deadline) {
            this.id = token.id();
            this.issuedAt = RedisCommands.number(token.issuedAtMillis());
            this.deadline = deadline;
            this.key = keys.pointer(id.hash());
            this.tag = ascii(id.tag().value());
            this.creation = nonce;
            String own = seal.authenticate(id.tag().value() + nonce, Place.ofPointer(key));
            this.nonce = ascii(own.substring(RoutingTag.TEXT_LENGTH));
        }

        TokenId id() {
            return id;
        }

        /** Whether this creation committed the pointer, as it may have in an earlier call. */
        boolean isCommittedAs(ForeignPointer present) {
            return present.isCommitted()
                    && present.subject().equals(Optional.of(id.tag()))
                    && present.nonce().equals(Optional.of(creation));
        }

        /** Reserves the pointer. Returns empty on success, also if repeated; else the existing pointer. */
        Future<Optional<ForeignPointer>> take() {
            return take(NOTHING);
        }

        /** Reserves a pointer whose record is inactive. Returns false if the pointer changed. */
        Future<Boolean> takeFrom(ForeignPointer dead) {
            return take(ascii(dead.text())).map(Optional::isEmpty);
        }

        private Future<Optional<ForeignPointer>> take(byte[] dead) {
            return commands.runLoosely(
                            Scripts.RESERVE_POINTER, key, deadline, tag, nonce, RESERVATION_TTL, dead, issuedAt)
                    .map(answer -> Optional.ofNullable(answer.response())
                            .map(text -> ForeignPointer.of(text.toString(), key, seal)));
        }

        /** Commits the reservation for the maximum remaining lifetime of the token. */
        Future<Commit> commit(long ttlMillis) {
            byte[] ttl = RedisCommands.number(Math.max(1, ttlMillis));
            return commands.run(Scripts.COMMIT_POINTER, key, deadline, tag, nonce, ttl)
                    .map(answer -> switch ((int) RedisCommands.number(answer)) {
                        case 1 -> new Commit.Done(RedisCommands.durability(answer));
                        case 2 -> Commit.SHARED;
                        default -> Commit.LOST;
                    });
        }

        Future<Void> release() {
            return commands.runLoosely(Scripts.RELEASE_POINTER, key, deadline, tag, nonce)
                    .mapEmpty();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
