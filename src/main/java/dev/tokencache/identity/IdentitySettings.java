package dev.tokencache.identity;

import dev.tokencache.redis.ConfigProblems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The checked {@link IdentityConfig}.
 *
 * @param lifetime in seconds
 */
record IdentitySettings(List<SigningKey> keys, SigningKey active, String issuer, String audience, long lifetime) {

    private static final String PREFIX = "tokencache.identity.";
    private static final Duration MIN_LIFETIME = Duration.ofSeconds(2);
    private static final Duration MAX_LIFETIME = Duration.ofHours(1);

    /**
     * Returns empty if no key is configured.
     *
     * @throws IllegalArgumentException naming every missing or invalid property
     */
    static Optional<IdentitySettings> from(IdentityConfig config, Optional<String> issuer) {
        ConfigProblems problems = new ConfigProblems(PREFIX);
        if (config.keys().isEmpty()) {
            problems.addIf(
                    config.activeKey().isPresent() || config.audience().isPresent(),
                    "keys.<kid> is not set: identities need a key (try: openssl genpkey -algorithm ed25519)");
            problems.report();
            return Optional.empty();
        }
        Map<String, SigningKey> keys = new TreeMap<>();
        config.keys().forEach((kid, pemOrPath) -> {
            try {
                keys.put(kid, SigningKey.parse(kid, pemOrPath));
            } catch (IllegalArgumentException unusable) {
                problems.addIf(true, "keys." + kid + " " + unusable.getMessage());
            }
        });
        String activeKey = config.activeKey().orElse("");
        problems.addIf(!config.keys().containsKey(activeKey), "active-key must be one of the " + PREFIX + "keys.<kid>");
        problems.addIf(config.audience().isEmpty(), "audience is not set: identities need one");
        problems.addIf(
                config.lifetime().compareTo(MIN_LIFETIME) < 0
                        || config.lifetime().compareTo(MAX_LIFETIME) > 0,
                "lifetime must be from 2 seconds to 1 hour");
        if (issuer.isEmpty()) {
            problems.add("tokencache.issuer is not set: identities need a fixed issuer");
        }
        problems.report();
        return Optional.of(new IdentitySettings(
                new ArrayList<>(keys.values()),
                Objects.requireNonNull(keys.get(activeKey)),
                issuer.orElseThrow().replaceFirst("/$", ""),
                config.audience().orElseThrow(),
                config.lifetime().toSeconds()));
    }
}
