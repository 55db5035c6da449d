package dev.tokencache.migration.legacy;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import java.nio.charset.StandardCharsets;

/** The names of our own keys in the old Redis. A tag has 16 characters and a hash 24, so they cannot collide. Pure. */
record LegacyKeys(String prefix) {

    byte[] sidecar(TokenHash hash) {
        return key(hash.text());
    }

    byte[] notBefore(RoutingTag subject) {
        return key(subject.value());
    }

    boolean isOwn(byte[] key) {
        return new String(key, StandardCharsets.UTF_8).startsWith(prefix);
    }

    private byte[] key(String name) {
        return (prefix + "{" + name + "}").getBytes(StandardCharsets.UTF_8);
    }
}
