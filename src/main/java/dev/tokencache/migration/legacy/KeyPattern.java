package dev.tokencache.migration.legacy;

import dev.tokencache.store.redis.RedisKeys;
import dev.tokencache.token.Sha256;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** The pattern of the key names that other programs use for tokens. Pure. */
record KeyPattern(String before, String after, boolean isHashed) {

    private static final String TOKEN = "{token}";
    private static final String SHA_256 = "{sha256}";
    private static final int SHA_256_BYTES = 32;

    /** @throws IllegalArgumentException naming the property, unless the pattern contains exactly one placeholder */
    static KeyPattern of(String pattern) {
        boolean isHashed = pattern.contains(SHA_256);
        String place = isHashed ? SHA_256 : TOKEN;
        int at = pattern.indexOf(place);
        String rest = at < 0 ? "" : pattern.substring(at + place.length());
        if (at < 0
                || rest.contains(TOKEN)
                || rest.contains(SHA_256)
                || pattern.substring(0, at).contains(TOKEN)) {
            throw new IllegalArgumentException(
                    "tokencache.migration.legacy.key-pattern must contain {token} or {sha256} exactly once");
        }
        return new KeyPattern(pattern.substring(0, at), rest, isHashed);
    }

    byte[] key(TokenString token) {
        String name = isHashed
                ? HexFormat.of().formatHex(Sha256.hash(token.value().getBytes(StandardCharsets.US_ASCII)))
                : token.value();
        return (before + name + after).getBytes(StandardCharsets.UTF_8);
    }

    record Named(TokenHash hash, boolean isForeign) {}

    /** The token of a key, or empty if the key does not match the pattern or cannot name a token. */
    Optional<Named> token(byte[] key) {
        String text = new String(key, StandardCharsets.UTF_8);
        if (text.length() <= before.length() + after.length() || !text.startsWith(before) || !text.endsWith(after)) {
            return Optional.empty();
        }
        String name = text.substring(before.length(), text.length() - after.length());
        return isHashed ? ofHash(name) : ofString(new TokenString(name));
    }

    /** A hash does not show who issued the token; almost all are foreign. */
    private static Optional<Named> ofHash(String hex) {
        try {
            byte[] bytes = HexFormat.of().parseHex(hex);
            return bytes.length == SHA_256_BYTES
                    ? Optional.of(new Named(TokenHash.ofBytes(Arrays.copyOf(bytes, TokenHash.BYTES)), true))
                    : Optional.empty();
        } catch (IllegalArgumentException notHex) {
            return Optional.empty();
        }
    }

    private static Optional<Named> ofString(TokenString token) {
        boolean isOurs = token.value().startsWith(TokenString.PREFIX);
        return isOurs || token.isForeign() ? Optional.of(new Named(token.hash(), !isOurs)) : Optional.empty();
    }

    byte[] glob() {
        return (RedisKeys.escapedGlob(before) + "*" + RedisKeys.escapedGlob(after)).getBytes(StandardCharsets.UTF_8);
    }
}
