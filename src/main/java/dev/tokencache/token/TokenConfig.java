package dev.tokencache.token;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** How tokens are made, and how long they may live. */
@ConfigMapping(prefix = "tokencache.token")
public interface TokenConfig {

    /**
     * The keys that token strings are authenticated with: key id → base64 of at least 32 random bytes. A key stays
     * listed until the last token made with it has run out.
     */
    Map<String, String> keys();

    /** The id of the key that new tokens are made with. */
    Optional<String> activeKey();

    /** How long a token lives when its creator names no {@code expires_in}. */
    @WithDefault("8H")
    Duration defaultTtl();

    /** The longest that a token can live, renewals included. */
    @WithDefault("30D")
    Duration maxTtl();
}
