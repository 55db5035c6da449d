package dev.tokencache.store.redis;

import dev.tokencache.seal.Place;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * The decoded hash of a subject; {@link Scripts} defines its fields.
 *
 * @param notBeforeMillis the not-before time, or {@link Token#NOT_BEFORE_UNSET}
 * @param tokens the records, active or not
 */
public record SubjectContents(long notBeforeMillis, List<Token> tokens, List<Expiry> expiries) {

    private static final int TIME_BYTES = 6;
    private static final int EXPIRY_BYTES = 1 + 2 * TIME_BYTES;

    public SubjectContents {
        tokens = List.copyOf(tokens);
        expiries = List.copyOf(expiries);
    }

    /** The stored expiry of a token, and how long it must be stored; both in milliseconds since the epoch. */
    public record Expiry(TokenId id, long atMillis, long untilMillis) {}

    /**
     * Decodes replies to {@code HSCAN}. Throws {@link IllegalArgumentException} if a value is unreadable or does not verify.
     *
     * @param key the Redis key
     */
    public static SubjectContents of(RoutingTag subject, byte[] key, List<Response> batches, Seal seal) {
        long notBefore = Token.NOT_BEFORE_UNSET;
        List<Token> tokens = new ArrayList<>();
        List<Expiry> expiries = new ArrayList<>();
        for (Response fields : batches) {
            for (int i = 0; i + 1 < fields.size(); i += 2) {
                byte[] field = fields.get(i).toBytes();
                byte[] value = fields.get(i + 1).toBytes();
                if (field.length == TokenHash.BYTES) {
                    TokenId id = new TokenId(subject, TokenHash.ofBytes(field));
                    if (isExpiry(value)) {
                        expiries.add(new Expiry(id, time(value, 1), time(value, 1 + TIME_BYTES)));
                    } else {
                        tokens.add(seal.decode(id, value, Place.ofRecord(key, field))
                                .token());
                    }
                } else if (Arrays.equals(field, RedisKeys.NOT_BEFORE)) {
                    notBefore = NotBefore.of(fields.get(i + 1), key, seal).millis();
                }
            }
        }
        return new SubjectContents(notBefore, tokens, expiries);
    }

    /** Whether a field contains an expiry instead of a record. */
    static boolean isExpiry(byte[] value) {
        return value.length == EXPIRY_BYTES && value[0] == 0;
    }

    private static long time(byte[] value, int from) {
        long time = 0;
        for (int i = from; i < from + TIME_BYTES; i++) {
            time = time << 8 | (value[i] & 0xff);
        }
        return time;
    }

    /** The active tokens, oldest first. */
    public SubjectTokens live(long nowMillis) {
        List<Token> live = tokens.stream()
                .filter(token -> token.isActive(nowMillis, notBeforeMillis))
                .sorted(Comparator.comparingLong(Token::issuedAtMillis))
                .toList();
        return new SubjectTokens(
                notBeforeMillis == Token.NOT_BEFORE_UNSET ? OptionalLong.empty() : OptionalLong.of(notBeforeMillis),
                live);
    }
}
