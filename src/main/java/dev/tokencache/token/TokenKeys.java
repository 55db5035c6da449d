package dev.tokencache.token;

import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The configured token keys: the active one signs new tokens, all of them verify. Immutable and thread-safe. */
public final class TokenKeys {

    private static final String KEYS = "tokencache.token.keys.";
    private static final String ACTIVE_KEY = "tokencache.token.active-key";
    private static final int MIN_BYTES = 32;

    private final TokenKey active;
    private final Map<Integer, TokenKey> byId;

    private TokenKeys(TokenKey active, Map<Integer, TokenKey> byId) {
        this.active = active;
        this.byId = Map.copyOf(byId);
    }

    /** Reads the keys. Throws {@link IllegalArgumentException}, naming the property, if they are invalid. */
    public static TokenKeys from(TokenConfig config) {
        return of(config.keys(), config.activeKey());
    }

    /** As {@link #from}, with the two properties that can change while the service runs. */
    public static TokenKeys of(Map<String, String> secrets, Optional<String> activeKey) {
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException(
                    KEYS + "<kid> is not set: tokens need a key (try: openssl rand -base64 32)");
        }
        Map<Integer, TokenKey> byId = new HashMap<>();
        Map<String, TokenKey> byName = new HashMap<>();
        secrets.forEach((kid, secret) -> {
            TokenKey key = new TokenKey(kid, decode(kid, secret));
            byName.put(kid, key);
            TokenKey twin = byId.put(key.id(), key);
            if (twin != null) {
                throw new IllegalArgumentException(
                        KEYS + kid + " and " + KEYS + twin.kid() + " have the same short id: rename one of them");
            }
        });
        TokenKey active = activeKey.map(byName::get).orElse(null);
        if (active == null) {
            throw new IllegalArgumentException(ACTIVE_KEY
                    + activeKey.map(kid -> "=" + kid + " names no key").orElse(" is not set")
                    + ": it must be one of the " + KEYS + "<kid>");
        }
        return new TokenKeys(active, byId);
    }

    private static byte[] decode(String kid, String secret) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(secret);
        } catch (IllegalArgumentException notBase64) {
            // The cause would quote a character of the secret.
            throw new IllegalArgumentException(KEYS + kid + " is not base64");
        }
        if (bytes.length < MIN_BYTES) {
            throw new IllegalArgumentException(
                    KEYS + kid + " has " + bytes.length + " bytes: it needs at least " + MIN_BYTES);
        }
        return bytes;
    }

    TokenKey active() {
        return active;
    }

    @Nullable
    TokenKey byId(int id) {
        return byId.get(id);
    }
}
