package dev.tokencache.migration.legacy;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The commands sent to the old Redis. Each changes one key atomically and is idempotent. */
final class LegacyCommands {

    /** Stores an expiry in the sidecar record of a token. Arguments: expired at (ms), TTL (ms). */
    private static final String EXPIRE = """
            local present = redis.call('GET', KEYS[1])
            if present and string.sub(present, 1, 1) == 'x' and tonumber(string.sub(present, 2)) >= tonumber(ARGV[1]) then
              return 0
            end
            redis.call('SET', KEYS[1], 'x' .. ARGV[1], 'PX', ARGV[2])
            return 0
            """;

    /**
     * Stores the sidecar record of a token, unless the token was expired. Arguments: record, issued at (ms; 0 if the
     * token cannot be issued again), TTL (ms). Returns -1, or the moment of the expiry.
     */
    private static final String SAVE = """
            local present = redis.call('GET', KEYS[1])
            if present and string.sub(present, 1, 1) == 'x' and tonumber(string.sub(present, 2)) >= tonumber(ARGV[2]) then
              return tonumber(string.sub(present, 2))
            end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
            return -1
            """;

    /** Deletes a sidecar record if it is unchanged. Argument: its expected value. */
    private static final String DELETE = """
            if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) return 1 end
            return 0
            """;

    /** Sets a not-before time, unless there is a later one. Arguments: not-before time (ms), TTL (ms). */
    private static final String NOT_BEFORE = """
            local present = tonumber(redis.call('GET', KEYS[1]) or '-1')
            if tonumber(ARGV[1]) > present then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
            return 0
            """;

    private final LegacyLink link;
    private final LegacyKeys keys;
    private final LegacyFormat format;
    private final Duration maxTtl;

    LegacyCommands(LegacyLink link, LegacyKeys keys, LegacyFormat format, Duration maxTtl) {
        this.link = link;
        this.keys = keys;
        this.format = format;
        this.maxTtl = maxTtl;
    }

    Future<@Nullable Response> record(byte[] key) {
        return link.send(key, format.read(key));
    }

    /** The TTL in milliseconds; -1 for no TTL, -2 for no such key. */
    Future<Long> ttl(byte[] key) {
        return link.send(key, Request.cmd(Command.PTTL).arg(key)).map(LegacyCommands::number);
    }

    /** Whether the record was created; false if the key already exists. */
    Future<Boolean> create(byte[] key, Token token, long ttlMillis) {
        return link.send(key, format.create(key, token, Math.max(1, ttlMillis)))
                .map(reply -> reply != null && !reply.toString().equals("0"));
    }

    /** Whether the key exists. */
    Future<Boolean> setTtl(byte[] key, long ttlMillis) {
        return link.send(key, Request.cmd(Command.PEXPIRE).arg(key).arg(Math.max(1, ttlMillis)))
                .map(reply -> number(reply) == 1);
    }

    Future<Void> delete(byte[] key) {
        return link.send(key, Request.cmd(Command.DEL).arg(key)).mapEmpty();
    }

    Future<Optional<SidecarRecord>> sidecar(TokenHash hash) {
        byte[] key = keys.sidecar(hash);
        return link.send(key, Request.cmd(Command.GET).arg(key))
                .map(reply -> SidecarRecord.of(reply == null ? null : reply.toBytes(), hash));
    }

    /** Stores a sidecar record; returns empty, or the moment of the expiry if the token was expired. */
    Future<OptionalLong> saveSidecar(SidecarRecord.Stored stored, long nowMillis) {
        Token token = stored.token();
        byte[] key = keys.sidecar(token.id().hash());
        long issuedAt = stored.foreignNonce() == null ? 0 : token.issuedAtMillis();
        long ttl = Math.max(1, token.renewableUntil() * 1000 - nowMillis);
        return link.send(key, eval(SAVE, key).arg(stored.bytes()).arg(issuedAt).arg(ttl))
                .map(reply -> {
                    long expiredAt = number(reply);
                    return expiredAt < 0 ? OptionalLong.empty() : OptionalLong.of(expiredAt);
                });
    }

    Future<Boolean> deleteSidecar(SidecarRecord.Stored stored) {
        byte[] key = keys.sidecar(stored.token().id().hash());
        return link.send(key, eval(DELETE, key).arg(stored.bytes())).map(reply -> number(reply) == 1);
    }

    Future<Void> markExpired(TokenHash hash, long atMillis) {
        byte[] key = keys.sidecar(hash);
        return link.send(key, eval(EXPIRE, key).arg(atMillis).arg(maxTtl.toMillis()))
                .mapEmpty();
    }

    /** The not-before time of the subject, or {@link Token#NOT_BEFORE_UNSET}. */
    Future<Long> notBefore(RoutingTag subject) {
        byte[] key = keys.notBefore(subject);
        return link.send(key, Request.cmd(Command.GET).arg(key))
                .map(reply -> reply == null ? Token.NOT_BEFORE_UNSET : reply.toLong());
    }

    Future<Void> setNotBefore(RoutingTag subject, long notBeforeMillis) {
        byte[] key = keys.notBefore(subject);
        return link.send(key, eval(NOT_BEFORE, key).arg(notBeforeMillis).arg(maxTtl.toMillis()))
                .mapEmpty();
    }

    private static Request eval(String script, byte[] key) {
        return Request.cmd(Command.EVAL).arg(script).arg(1).arg(key);
    }

    private static long number(@Nullable Response reply) {
        if (reply == null) {
            throw new IllegalStateException("the reply must be a number");
        }
        return reply.toLong();
    }
}
