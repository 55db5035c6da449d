package dev.tokencache.seal;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Map;
import java.util.Optional;

/** The keys of sealed records. */
@ConfigMapping(prefix = "tokencache.seal")
public interface SealConfig {

    /** The keys that open records: key id → base64 of 32 random bytes. Without keys, records are not sealed. */
    Map<String, String> keys();

    /** The id of the key that seals. Without it, nothing is sealed. */
    Optional<String> activeKey();

    /** Whether the verdict on a record that is not sealed is unknown. */
    @WithDefault("false")
    boolean required();
}
