package dev.tokencache.migration.legacy;

import dev.tokencache.redis.ConfigProblems;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/** Validates the settings of the old store. Pure. No message contains a host, which can include a password. */
final class LegacyConfigRules {

    private static final String WITH_OWN_FORMAT = " with format=token-cache";

    private LegacyConfigRules() {}

    /**
     * @param acceptsForeign whether the service accepts tokens of other systems
     * @throws IllegalArgumentException as {@link ConfigProblems#report}
     */
    static void check(LegacyConfig config, boolean acceptsForeign) {
        ConfigProblems problems = new ConfigProblems("tokencache.migration.legacy.");
        List<String> hosts = config.hosts().orElse(List.of());
        problems.addIf(
                !hosts.stream().allMatch(LegacyConfigRules::isHost),
                "hosts contains an entry that is not redis://host:port or rediss://host:port");
        boolean isSentinel = config.clientType() == LegacyConfig.ClientType.SENTINEL;
        if (config.username().isPresent()) {
            problems.addIf(config.password().isEmpty(), "username needs password");
            problems.addIf(
                    !isSentinel && hosts.stream().anyMatch(host -> host.contains("@")),
                    "username is set, and hosts names a user too");
        }
        problems.checkDuration("timeout", config.timeout());
        problems.checkDuration("command-timeout", config.commandTimeout());
        problems.addIf(
                config.ownKeyPrefix().isEmpty() || config.ownKeyPrefix().indexOf('{') >= 0,
                "own-key-prefix must not be empty and must not contain a brace");
        if (config.format() == LegacyConfig.Format.TOKEN_CACHE) {
            // Settings that describe other programs' records have no effect here. Setting one is probably a mistake.
            problems.addIf(isSentinel, "client-type must be cluster or standalone" + WITH_OWN_FORMAT);
            problems.addIf(
                    !config.keyPattern().equals(LegacyConfig.DEFAULT_KEY_PATTERN),
                    "key-pattern is not used" + WITH_OWN_FORMAT + "; see key-prefix");
            problems.addIf(config.subject().isPresent(), "subject is not used" + WITH_OWN_FORMAT);
            problems.addIf(config.issuedAt().isPresent(), "issued-at is not used" + WITH_OWN_FORMAT);
            problems.addIf(config.keyPrefix().indexOf('{') >= 0, "key-prefix must not contain a brace");
        } else {
            problems.addIf(config.sealKey().isPresent(), "seal-key is used only" + WITH_OWN_FORMAT);
        }
        if (config.format() != LegacyConfig.Format.TOKEN_CACHE && !acceptsForeign) {
            problems.add("tokencache.token.foreign must be true: it would make every token of the old store inactive");
        }
        problems.report();
    }

    private static boolean isHost(String host) {
        try {
            URI uri = new URI(host.trim());
            return uri.getHost() != null && List.of("redis", "rediss").contains(String.valueOf(uri.getScheme()));
        } catch (URISyntaxException malformed) {
            return false;
        }
    }
}
