package dev.tokencache.store.redis;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import java.nio.charset.StandardCharsets;

/**
 * The names of keys in Redis and of the fields in a subject's hash. Pure.
 *
 * <p>{@code tc:{<routing tag>}} is the hash of a subject, {@code tc:{<token hash>}} the pointer of a foreign token; a
 * tag has 16 characters and a hash 24, so they never meet. The braces make the hash tag (Redis Cluster specification,
 * "Hash tags") independent of the prefix.
 */
public final class RedisKeys {

    /** The field of a subject's mark: decimal milliseconds since the epoch. */
    static final byte[] NOT_BEFORE = {'m'};

    private final String open;

    public RedisKeys(String prefix) {
        check(prefix);
        this.open = prefix + "{";
    }

    /** @throws IllegalArgumentException naming the property, if the prefix would break the hash tag */
    static void check(String prefix) {
        if (prefix.indexOf('{') >= 0) {
            throw new IllegalArgumentException("tokencache.redis.key-prefix must not hold a brace");
        }
    }

    /** The key of the hash that holds everything kept for a subject. */
    byte[] subject(RoutingTag tag) {
        return key(tag.value());
    }

    /** The key of what says whose a foreign token is. */
    byte[] pointer(TokenHash foreign) {
        return key(foreign.text());
    }

    /** The key of what all processes share while tokens move; neither as long as a tag nor as a hash. */
    public byte[] migration() {
        return key("migration");
    }

    private byte[] key(String tag) {
        return (open + tag + "}").getBytes(StandardCharsets.UTF_8);
    }
}
