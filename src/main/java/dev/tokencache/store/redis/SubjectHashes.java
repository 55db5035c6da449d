package dev.tokencache.store.redis;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.Verdict;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
    private final Clock clock;

    SubjectHashes(RedisCommands commands, RedisKeys keys, Duration maxTtl, Clock clock) {
        this.commands = commands;
        this.keys = keys;
        this.maxTtl = maxTtl;
        this.clock = clock;
    }

    /**
     * What one look found.
     *
     * @param id where it looked
     * @param record the record as it is in Redis, or null if there is none
     * @param notBeforeMillis the subject's mark, or {@link Token#NO_MARK}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; the bytes go back to Redis as they came
    record Found(TokenId id, byte @Nullable [] record, long notBeforeMillis) {

        /** @throws IllegalArgumentException if the record can not be read: nobody knows then whether the token is good */
        Verdict verdict(long nowMillis) {
            return token().map(token -> Verdict.of(token, nowMillis, notBeforeMillis))
                    .orElse(Verdict.INACTIVE);
        }

        /** What the record says, live or not. */
        Optional<Token> token() {
            return record == null ? Optional.empty() : Optional.of(TokenCodec.decode(id, record));
        }
    }

    /** Reads a record and the subject's mark: one command. */
    Future<Found> find(TokenId id) {
        return commands.fields(keys.subject(id.tag()), RedisKeys.MARK, id.hash().bytes())
                .map(reply -> found(id, reply));
    }

    private static Found found(TokenId id, @Nullable Response reply) {
        if (reply == null) {
            throw new IllegalStateException("HMGET answers with a list");
        }
        Response mark = reply.get(0);
        Response record = reply.get(1);
        return new Found(id, record == null ? null : record.toBytes(), mark == null ? Token.NO_MARK : mark.toLong());
    }

    Future<Creation> create(Token token) {
        long now = clock.millis();
        return commands.run(
                        Scripts.CREATE,
                        keys.subject(token.id().tag()),
                        token.id().hash().bytes(),
                        TokenCodec.encode(token),
                        RedisCommands.number(token.issuedAtMillis()),
                        ttl(token, now),
                        RedisCommands.number(now))
                .map(reply -> {
                    long answer = number(reply);
                    if (answer == 0) {
                        return Creation.CREATED;
                    }
                    return answer == -1 ? Creation.TAKEN : new Creation.IssuedTooEarly(answer);
                });
    }

    /** Replaces a record; false if it is no longer as it was found. */
    Future<Boolean> replace(Found found, Token token) {
        if (found.record() == null) {
            return Future.succeededFuture(false);
        }
        return commands.run(
                        Scripts.REPLACE,
                        keys.subject(token.id().tag()),
                        token.id().hash().bytes(),
                        found.record(),
                        TokenCodec.encode(token),
                        ttl(token, clock.millis()))
                .map(reply -> number(reply) == 1);
    }

    Future<Void> expire(TokenId id) {
        return commands.run(Scripts.EXPIRE, keys.subject(id.tag()), id.hash().bytes())
                .mapEmpty();
    }

    /** Sets the mark to a moment, or past every token that exists, and answers what it is then. */
    Future<Long> expireAll(RoutingTag subject, OptionalLong before) {
        long now = clock.millis();
        return commands.run(
                        Scripts.EXPIRE_SUBJECT,
                        keys.subject(subject),
                        RedisCommands.number(before.orElse(now)),
                        before.isPresent() ? NO : YES,
                        // As long as a token that was issued before it could live.
                        RedisCommands.number(maxTtl.toMillis()),
                        RedisCommands.number(now))
                .map(SubjectHashes::number);
    }

    Future<SubjectTokens> list(RoutingTag subject) {
        return commands.allFields(keys.subject(subject)).map(reply -> tokens(subject, reply));
    }

    private SubjectTokens tokens(RoutingTag subject, @Nullable Response reply) {
        if (reply == null) {
            throw new IllegalStateException("HGETALL answers with a list");
        }
        long mark = Token.NO_MARK;
        List<Token> all = new ArrayList<>();
        for (int i = 0; i + 1 < reply.size(); i += 2) {
            byte[] field = reply.get(i).toBytes();
            if (field.length == TokenHash.BYTES) {
                all.add(TokenCodec.decode(
                        new TokenId(subject, TokenHash.ofBytes(field)),
                        reply.get(i + 1).toBytes()));
            } else if (field.length == 1 && field[0] == RedisKeys.MARK[0]) {
                mark = reply.get(i + 1).toLong();
            }
        }
        long notBefore = mark;
        long now = clock.millis();
        List<Token> live = all.stream()
                .filter(token -> token.isActive(now, notBefore))
                .sorted(Comparator.comparingLong(Token::issuedAtMillis))
                .toList();
        return new SubjectTokens(mark == Token.NO_MARK ? OptionalLong.empty() : OptionalLong.of(mark), live);
    }

    /** How long the hash must live for a token, from now. At least a moment: it may be at its end already. */
    private static byte[] ttl(Token token, long nowMillis) {
        return RedisCommands.number(Math.max(1, token.endMillis() - nowMillis));
    }

    private static long number(@Nullable Response reply) {
        if (reply == null) {
            throw new IllegalStateException("the script answers with a number");
        }
        return reply.toLong();
    }
}
