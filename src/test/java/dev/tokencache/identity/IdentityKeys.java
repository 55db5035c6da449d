package dev.tokencache.identity;

import dev.tokencache.testing.MutableClock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Published private keys, and settings with them, for tests. */
public final class IdentityKeys {

    /** Written by OpenSSL, so it contains its public key. */
    public static final String EC = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgq3H72vBNKWQU8w4D
            G8KJsAVm4BdjpTHhllmo5MDkWm2hRANCAASYPUZRYZw3TkXP3wTBLkqNMeR26eNO
            hU1HRlgaGH7/YAEMZWYvvr0JljcfN1LAdMH49QpgssJ0pRX7YYuBvbSg
            -----END PRIVATE KEY-----
            """;

    static final String EC_X = "mD1GUWGcN05Fz98EwS5KjTHkdunjToVNR0ZYGhh-_2A";
    static final String EC_Y = "AQxlZi--vQmWNx83UsB0wfj1CmCywnSlFfthi4G9tKA";

    /** The key of RFC 8037 appendix A.1. */
    public static final String ED25519 = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
            -----END PRIVATE KEY-----
            """;

    static final String ED25519_X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    private IdentityKeys() {}

    /** {@code tokencache.identity.*} for tests of the whole service: signs with {@link #EC}. */
    public static Map<String, String> configuration() {
        return Map.of(
                "tokencache.issuer", "https://tokens.example.org/",
                "tokencache.identity.keys.ec", EC,
                "tokencache.identity.keys.ed", ED25519,
                "tokencache.identity.active-key", "ec",
                "tokencache.identity.audience", "shop");
    }

    record Settings(Map<String, String> keys, Optional<String> activeKey, Optional<String> audience, Duration lifetime)
            implements IdentityConfig {

        static Settings signingWith(String kid) {
            return new Settings(
                    Map.of("ec", EC, "ed", ED25519), Optional.of(kid), Optional.of("shop"), Duration.ofSeconds(60));
        }

        Settings withKeys(Map<String, String> changed) {
            return new Settings(changed, activeKey, audience, lifetime);
        }

        Settings withAudience(Optional<String> changed) {
            return new Settings(keys, activeKey, changed, lifetime);
        }

        Settings withLifetime(Duration changed) {
            return new Settings(keys, activeKey, audience, changed);
        }

        SignedIdentities identities(MutableClock clock) {
            return SignedIdentities.from(this, Optional.of("https://tokens.example/"), clock)
                    .identities()
                    .orElseThrow();
        }
    }
}
