package dev.tokencache.identity;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The keys and contents of signed identities. */
@ConfigMapping(prefix = "tokencache.identity")
public interface IdentityConfig {

    /**
     * The private keys: key id → PKCS#8 in PEM, or the path of a file with it. EC P-256 or Ed25519. All are published, the
     * active one signs. Without keys there are no signed identities.
     */
    Map<String, String> keys();

    /** The id of the key that signs. */
    Optional<String> activeKey();

    /** {@code aud}: the applications that may accept the identity. */
    Optional<String> audience();

    /** The maximum time from a signature to its {@code exp}. */
    @WithDefault("60S")
    Duration lifetime();
}
