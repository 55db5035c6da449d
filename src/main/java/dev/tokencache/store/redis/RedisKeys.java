package dev.tokencache.store.redis;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import java.nio.charset.StandardCharsets;

/**
 * The names of Redis keys. Pure.
 *
 * <p>{@code tc:{<routing tag>}} is the hash of a subject, {@code tc:{<token hash>}} the pointer of a foreign token. A tag has
 * 16 characters and a hash 24, so they never collide. The braces make the hash tag (Redis Cluster specification, "Hash
 * tags") independent of the prefix.
 */
public final class RedisKeys {

    /** The hash field of a subject's not-before time: decimal milliseconds since the epoch. */
    static final byte[] NOT_BEFORE = {'m'};

    private final String open;

    public RedisKeys(String prefix) {
        check(prefix);
        this.open = prefix + "{";
    }

    /** @throws IllegalArgumentException naming the property, if the prefix would break the hash tag */
    static void check(String prefix) {
        if (prefix.indexOf('{') >= 0) {
            throw new IllegalArgumentException("tokencache.redis.key-prefix must not contain an opening brace");
        }
    }

    byte[] subject(RoutingTag tag) {
        return key(tag.value());
    }

    byte[] pointer(TokenHash foreign) {
        return key(foreign.text());
    }

    /** The key of the shared state of a migration. Its length differs from that of a tag and of a hash. */
    public byte[] migration() {
        return key("migration");
    }

    private byte[] key(String tag) {
        return (open + tag + "}").getBytes(StandardCharsets.UTF_8);
    }
}
