package dev.tokencache.seal;

import dev.tokencache.testing.TokenSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.Optional;

/** {@code tokencache.seal.*} for tests without Quarkus. */
public record SealSettings(Map<String, String> keys, Optional<String> activeKey, boolean required)
        implements SealConfig {

    /** The keys {@code a} and {@code b}. */
    public static final Map<String, String> KEYS = Map.of("a", TokenSettings.secret(1), "b", TokenSettings.secret(2));

    public static SealSettings sealingWith(String kid) {
        return new SealSettings(KEYS, Optional.of(kid), false);
    }

    public static SealSettings openingOnly() {
        return new SealSettings(KEYS, Optional.empty(), false);
    }

    public SealSettings required(boolean isRequired) {
        return new SealSettings(keys, activeKey, isRequired);
    }

    public Seal seal() {
        return seal(new SimpleMeterRegistry());
    }

    public Seal seal(MeterRegistry registry) {
        return Seal.from(this, registry);
    }
}
