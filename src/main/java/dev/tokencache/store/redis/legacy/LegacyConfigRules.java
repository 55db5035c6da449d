package dev.tokencache.store.redis.legacy;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the settings of the old store may be. Pure; no message tells a host, which can hold a password. */
final class LegacyConfigRules {

    private static final String PREFIX = "tokencache.migration.legacy.";
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration MOST = Duration.ofHours(1);

    private LegacyConfigRules() {}

    /** @throws IllegalArgumentException naming every property that makes no sense */
    static void check(LegacyConfig config) {
        List<String> problems = new ArrayList<>();
        if (!config.hosts().orElse(List.of()).stream().allMatch(LegacyConfigRules::isHost)) {
            problems.add(PREFIX + "hosts holds an entry that is not redis://host:port or rediss://host:port");
        }
        check("timeout", config.timeout(), problems);
        check("command-timeout", config.commandTimeout(), problems);
        check("connect-timeout", config.connectTimeout(), problems);
        check("breaker-delay", config.breakerDelay(), problems);
        if (config.maxCalls() < 1) {
            problems.add(PREFIX + "max-calls must be at least 1");
        }
        if (config.ownKeyPrefix().isEmpty() || config.ownKeyPrefix().indexOf('{') >= 0) {
            problems.add(PREFIX + "own-key-prefix must not be empty and must not hold a brace");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static boolean isHost(String host) {
        try {
            URI uri = new URI(host.trim());
            return uri.getHost() != null && List.of("redis", "rediss").contains(String.valueOf(uri.getScheme()));
        } catch (URISyntaxException malformed) {
            return false;
        }
    }

    private static void check(String name, Duration value, List<String> problems) {
        if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
            problems.add(PREFIX + name + " must be from 1 millisecond to 1 hour");
        }
    }
}
