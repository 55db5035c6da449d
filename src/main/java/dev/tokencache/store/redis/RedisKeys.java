package dev.tokencache.store.redis;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The names of Redis keys. Pure.
 *
 * <p>{@code tc:{<routing tag>}} is the hash of a subject, {@code tc:{<token hash>}} the pointer of a foreign token. A tag has
 * 16 characters and a hash 24, so they never collide. The braces make the hash tag (Redis Cluster specification, "Hash
 * tags") independent of the prefix.
 */
public record RedisKeys(String prefix) {

    /** The hash field of a subject's not-before time: decimal milliseconds since the epoch. */
    static final byte[] NOT_BEFORE = {'m'};

    private static final Pattern BASE64URL = Pattern.compile("[A-Za-z0-9_-]+");

    public RedisKeys {
        check(prefix);
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

    public byte[] pointer(TokenHash foreign) {
        return key(foreign.text());
    }

    /** The key of the shared state of a migration. Its length differs from that of a tag and of a hash. */
    public byte[] migration() {
        return key("migration");
    }

    /** The key of the hash of instances. */
    public byte[] instances() {
        return key("instances");
    }

    /** The key of how far an import has come. */
    public byte[] imports() {
        return key("import");
    }

    private byte[] key(String tag) {
        return (prefix + "{" + tag + "}").getBytes(StandardCharsets.UTF_8);
    }

    /** The pattern of all keys for {@code SCAN ... MATCH}. */
    public byte[] glob() {
        return (escapedGlob(prefix) + "{*}").getBytes(StandardCharsets.UTF_8);
    }

    /** A text in a pattern of {@code MATCH} that stands for itself. */
    public static String escapedGlob(String text) {
        return text.replaceAll("([\\\\*?\\[\\]^])", "\\\\$1");
    }

    /** The subject whose hash has this name, if any. */
    public Optional<RoutingTag> subjectOf(byte[] key) {
        return tag(key, RoutingTag.TEXT_LENGTH).map(RoutingTag::new);
    }

    /** The foreign token whose pointer has this name, if any. */
    public Optional<TokenHash> foreignTokenOf(byte[] key) {
        return tag(key, TokenHash.TEXT_LENGTH).map(TokenHash::ofText);
    }

    /** The text between the braces, if it is base64url of this length. */
    private Optional<String> tag(byte[] key, int length) {
        String name = new String(key, StandardCharsets.UTF_8);
        int from = prefix.length() + 1;
        return Optional.of(name)
                .filter(text -> text.length() == from + length + 1)
                .filter(text -> text.startsWith(prefix + "{") && text.endsWith("}"))
                .map(text -> text.substring(from, from + length))
                .filter(text -> BASE64URL.matcher(text).matches());
    }
}
