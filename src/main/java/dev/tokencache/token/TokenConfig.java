package dev.tokencache.token;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The keys, lifetimes and number of tokens. */
@ConfigMapping(prefix = "tokencache.token")
public interface TokenConfig {

    /**
     * The keys that authenticate token strings: key id → base64 of at least 32 random bytes. A key must stay listed until
     * the last token created with it has expired.
     */
    Map<String, String> keys();

    /** The id of the key that signs new tokens. */
    Optional<String> activeKey();

    /** The lifetime of a token that is created without {@code expires_in}. */
    @WithDefault("8H")
    Duration defaultTtl();

    /** The maximum lifetime of a token, including renewals. */
    @WithDefault("30D")
    Duration maxTtl();

    /** The maximum number of active tokens of a subject: each further one ends the oldest. */
    @WithDefault("1000")
    int maxPerSubject();

    /** Whether there are tokens of other systems. If not, a string without the prefix is inactive without a lookup. */
    @WithDefault("true")
    boolean foreign();
}
