package dev.tokencache.migration.legacy;

import dev.tokencache.seal.Seal;
import dev.tokencache.store.redis.Script;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The commands sent to the old Redis. Each changes one key atomically and is idempotent. */
record LegacyCommands(LegacyLink link, LegacyKeys keys, LegacyFormat format, Duration maxTtl, Seal seal) {

    /** Stores a revocation at the later of two moments, with the longer TTL. */
    private static final String REVOKE = Script.source("legacy/revoke");

    /** Stores the sidecar record of a token, unless the token was expired or the record changed since it was read. */
    private static final String SAVE = Script.source("legacy/save");

    /** Deletes a sidecar record if it is unchanged. */
    private static final String DELETE = Script.source("legacy/delete");

    /** Longer than any session of another program is used, whatever TTL it has. */
    private static final Duration PERMANENT = Duration.ofDays(36_500);

    /** The replies to PTTL for a key without a TTL, and for no key. */
    static final long NO_TTL = -1;

    static final long NO_KEY = -2;

    Future<LegacyContents> contents(byte[] key) {
        return link.send(key, format.read(key)).map(format::contents).otherwise(LegacyContents::ofFailure);
    }

    /** The TTL in milliseconds, {@link #NO_TTL} or {@link #NO_KEY}. */
    Future<Long> ttl(byte[] key) {
        return link.send(key, Request.cmd(Command.PTTL).arg(key)).map(LegacyCommands::number);
    }

    /** Whether the record was created; false if the key already exists. */
    Future<Boolean> create(byte[] key, Token token, long nowMillis) {
        return link.send(key, format.create(key, token, Math.max(1, token.endMillis() - nowMillis)))
                .map(reply -> reply != null && !reply.toString().equals("0"));
    }

    Future<Boolean> setTtl(byte[] key, long ttlMillis) {
        return link.send(key, Request.cmd(Command.PEXPIRE).arg(key).arg(Math.max(1, ttlMillis)))
                .map(reply -> number(reply) == 1);
    }

    Future<Void> delete(byte[] key) {
        return link.send(key, Request.cmd(Command.DEL).arg(key)).mapEmpty();
    }

    Future<Optional<SidecarRecord>> sidecar(TokenHash hash) {
        byte[] key = keys.sidecar(hash);
        return link.send(key, Request.cmd(Command.GET).arg(key)).map(reply -> SidecarRecord.of(reply, hash, key, seal));
    }

    /** The reply of {@link #SAVE}. */
    record Save(long reply) {

        boolean isChanged() {
            return reply == -2;
        }

        boolean isExpired() {
            return reply >= 0;
        }

        long expiredAtMillis() {
            return reply;
        }
    }

    /** Stores a sidecar record unless it is no longer the one that was read, if any. */
    Future<Save> saveSidecar(Optional<SidecarRecord> read, SidecarRecord.Stored stored, long nowMillis) {
        Token token = stored.token();
        byte[] key = keys.sidecar(token.id().hash());
        byte[] expected = read.map(present -> present.bytes(key, seal)).orElseGet(() -> new byte[0]);
        long issuedAt = stored.foreignNonce() == null ? 0 : token.issuedAtMillis();
        long ttl = Math.max(1, token.renewableUntil() * 1000 - nowMillis);
        return link.send(
                        key,
                        eval(SAVE, key)
                                .arg(stored.bytes(key, seal))
                                .arg(expected)
                                .arg(issuedAt)
                                .arg(ttl))
                .map(reply -> new Save(number(reply)));
    }

    Future<Boolean> deleteSidecar(SidecarRecord.Stored stored) {
        byte[] key = keys.sidecar(stored.token().id().hash());
        return link.send(key, eval(DELETE, key).arg(stored.bytes(key, seal))).map(reply -> number(reply) == 1);
    }

    /** Stores the expiry of a token for as long as its record may live, at least for the maximum lifetime of a token. */
    Future<Void> markExpired(TokenHash hash, long atMillis, long ttlMillis) {
        Duration stored = ttlMillis == NO_TTL ? PERMANENT : max(maxTtl, Duration.ofMillis(ttlMillis));
        return revoke(keys.sidecar(hash), "x", atMillis, stored);
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** The not-before time of the subject, or {@link Token#NOT_BEFORE_UNSET}. */
    Future<Long> notBefore(RoutingTag subject) {
        byte[] key = keys.notBefore(subject);
        return link.send(key, Request.cmd(Command.GET).arg(key)).map(LegacyCommands::notBefore);
    }

    Future<Void> setNotBefore(RoutingTag subject, long notBeforeMillis) {
        return revoke(keys.notBefore(subject), "", notBeforeMillis, PERMANENT);
    }

    private Future<Void> revoke(byte[] key, String prefix, long atMillis, Duration ttl) {
        return link.send(
                        key, eval(REVOKE, key).arg(atMillis).arg(ttl.toMillis()).arg(prefix))
                .mapEmpty();
    }

    private static Request eval(String script, byte[] key) {
        return Request.cmd(Command.EVAL).arg(script).arg(1).arg(key);
    }

    static long notBefore(@Nullable Response reply) {
        return reply == null ? Token.NOT_BEFORE_UNSET : reply.toLong();
    }

    static long number(@Nullable Response reply) {
        if (reply == null) {
            throw new IllegalStateException("the reply must be a number");
        }
        return reply.toLong();
    }
}
