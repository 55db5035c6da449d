package dev.tokencache.seal;

import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The configured seal keys: the active one seals, if there is one, and all of them open. Immutable and thread-safe. */
public final class SealKeys {

    static final SealKeys NONE = new SealKeys(Map.of(), null, false);

    private static final String KEYS = "tokencache.seal.keys.";
    private static final String ACTIVE_KEY = "tokencache.seal.active-key";
    private static final int BYTES = 32;

    private final Map<Integer, SealKey> byId;
    private final @Nullable SealKey active;
    private final boolean isRequired;

    private SealKeys(Map<Integer, SealKey> byId, @Nullable SealKey active, boolean isRequired) {
        this.byId = Map.copyOf(byId);
        this.active = active;
        this.isRequired = isRequired;
    }

    /** Reads the keys. Throws {@link IllegalArgumentException}, naming the property, if they are invalid. */
    public static SealKeys of(Map<String, String> secrets, Optional<String> activeKey, boolean isRequired) {
        Map<Integer, SealKey> byId = new HashMap<>();
        secrets.forEach((kid, secret) -> {
            SealKey key = new SealKey(kid, decode(kid, secret));
            SealKey twin = byId.put(key.id(), key);
            if (twin != null) {
                throw new IllegalArgumentException(KEYS + kid + " and " + KEYS + twin.kid() + " are the same key");
            }
        });
        if (isRequired && activeKey.isEmpty()) {
            throw new IllegalArgumentException(ACTIVE_KEY + " is not set: tokencache.seal.required=true needs it");
        }
        return new SealKeys(byId, null, isRequired).withActive(ACTIVE_KEY, activeKey, isRequired);
    }

    /** These keys with another active one. Throws {@link IllegalArgumentException}, naming the property, if it is not listed. */
    SealKeys withActive(String property, Optional<String> kid, boolean isNowRequired) {
        Optional<SealKey> key = kid.flatMap(name ->
                byId.values().stream().filter(one -> one.kid().equals(name)).findAny());
        if (kid.isPresent() && key.isEmpty()) {
            throw new IllegalArgumentException(
                    property + "=" + kid.get() + " names no key: it must be one of the " + KEYS + "<kid>");
        }
        return new SealKeys(byId, key.orElse(null), isNowRequired);
    }

    private static byte[] decode(String kid, String secret) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(secret);
        } catch (IllegalArgumentException notBase64) {
            // The cause would quote a character of the secret.
            throw new IllegalArgumentException(KEYS + kid + " is not base64");
        }
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(KEYS + kid + " has " + bytes.length + " bytes: it needs " + BYTES
                    + " (try: openssl rand -base64 32)");
        }
        return bytes;
    }

    @Nullable
    SealKey active() {
        return active;
    }

    @Nullable
    SealKey byId(int id) {
        return byId.get(id);
    }

    boolean isRequired() {
        return isRequired;
    }
}
