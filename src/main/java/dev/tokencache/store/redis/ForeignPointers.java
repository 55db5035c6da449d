package dev.tokencache.store.redis;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Says whose a foreign token is: its string does not tell the slot of its subject, so a key named after its hash does.
 *
 * <p>The record in the subject's hash is what counts; a pointer without one leads nowhere. Two keys in two slots can not
 * be written at once, so a token is first claimed for a short time, then its record is written, then the claim is made
 * to last. A claim that nobody finished runs out by itself. A pointer is only ever replaced by another subject's if it
 * is, to the byte, the one whose record was found dead.
 */
final class ForeignPointers {

    /** Longer than any call takes. */
    private static final byte[] CLAIM_TTL = RedisCommands.number(10_000);

    private static final byte[] NOTHING = {};
    private static final int TAG_LENGTH = 16;

    private final RedisCommands commands;
    private final RedisKeys keys;

    ForeignPointers(RedisCommands commands, RedisKeys keys) {
        this.commands = commands;
        this.keys = keys;
    }

    /**
     * A pointer as it was read.
     *
     * @param text the state, the routing tag and a nonce; see {@link Scripts#CLAIM_POINTER}
     */
    record Pointer(String text) {

        Pointer {
            if (text.length() <= TAG_LENGTH) {
                throw new IllegalArgumentException("not the pointer of a foreign token");
            }
        }

        /** Whether the token's creation was finished. */
        boolean isCommitted() {
            return text.charAt(0) == 'c';
        }

        RoutingTag subject() {
            return new RoutingTag(text.substring(1, 1 + TAG_LENGTH));
        }
    }

    /** The subject of a foreign token, if anybody knows it. */
    Future<Optional<RoutingTag>> subjectOf(TokenHash token) {
        return commands.get(keys.pointer(token))
                .map(reply -> Optional.ofNullable(reply).map(text -> new Pointer(text.toString()).subject()));
    }

    /** A claim on a token for the subject in its id; nothing is done yet. */
    Claim claim(TokenId id) {
        return new Claim(id);
    }

    /** One attempt to give a foreign token to a subject. Its nonce makes its pointer another one than any before. */
    final class Claim {

        private final TokenId id;
        private final byte[] key;
        private final byte[] tag;
        private final byte[] nonce;

        private Claim(TokenId id) {
            this.id = id;
            this.key = keys.pointer(id.hash());
            this.tag = ascii(id.tag().value());
            this.nonce = ascii(Long.toString(ThreadLocalRandom.current().nextLong() >>> 16, 36));
        }

        TokenId id() {
            return id;
        }

        /** Empty if the token is taken now, or is the subject's anyway; else the pointer of whoever has it. */
        Future<Optional<Pointer>> take() {
            return take(NOTHING);
        }

        /** Takes the token from a holder whose record is dead; false if it is no longer that holder's. */
        Future<Boolean> takeFrom(Pointer dead) {
            return take(ascii(dead.text())).map(Optional::isEmpty);
        }

        private Future<Optional<Pointer>> take(byte[] dead) {
            return commands.run(Scripts.CLAIM_POINTER, key, tag, nonce, CLAIM_TTL, dead)
                    .map(present -> otherThan(id.tag(), present));
        }

        /**
         * Makes the claim last.
         *
         * @param ttlMillis as long as the token can ever live
         * @return false if the claim ran out and another subject has the token now
         */
        Future<Boolean> commit(long ttlMillis) {
            return commands.run(Scripts.COMMIT_POINTER, key, tag, nonce, RedisCommands.number(Math.max(1, ttlMillis)))
                    .map(reply -> reply != null && reply.toInteger() == 1);
        }

        /** Gives up a claim that was not made to last. */
        Future<Void> release() {
            return commands.run(Scripts.RELEASE_POINTER, key, tag, nonce).mapEmpty();
        }
    }

    private static Optional<Pointer> otherThan(RoutingTag own, @Nullable Response present) {
        return Optional.ofNullable(present)
                .map(text -> new Pointer(text.toString()))
                .filter(pointer -> !pointer.subject().equals(own));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
