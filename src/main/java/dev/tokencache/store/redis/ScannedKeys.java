package dev.tokencache.store.redis;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Parses the key names that a scan of a token store returns. Pure; {@link RedisKeys} defines the names. */
public final class ScannedKeys {

    private final String prefix;
    private final RedisKeys keys;

    public ScannedKeys(String prefix) {
        this.prefix = prefix;
        this.keys = new RedisKeys(prefix);
    }

    /** The pattern for {@code SCAN ... MATCH}. */
    public byte[] glob() {
        return (prefix.replaceAll("([\\\\*?\\[\\]^])", "\\\\$1") + "{*}").getBytes(StandardCharsets.UTF_8);
    }

    public Optional<RoutingTag> subject(byte[] key) {
        return tag(key, RoutingTag.TEXT_LENGTH).map(RoutingTag::new);
    }

    public Optional<TokenHash> foreignToken(byte[] key) {
        return tag(key, TokenHash.TEXT_LENGTH).map(TokenHash::ofText);
    }

    public byte[] pointer(TokenHash token) {
        return keys.pointer(token);
    }

    /** The text between the braces, if it is base64url of this length. */
    private Optional<String> tag(byte[] key, int length) {
        String name = new String(key, StandardCharsets.UTF_8);
        int open = prefix.length();
        return name.length() == open + length + 2
                        && name.startsWith(prefix + "{")
                        && name.endsWith("}")
                        && name.substring(open + 1, open + 1 + length).matches("[A-Za-z0-9_-]+")
                ? Optional.of(name.substring(open + 1, open + 1 + length))
                : Optional.empty();
    }
}
