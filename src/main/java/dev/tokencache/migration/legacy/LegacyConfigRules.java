package dev.tokencache.migration.legacy;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Validates the settings of the old store. Pure. No message contains a host, which can include a password. */
final class LegacyConfigRules {

    private static final String PREFIX = "tokencache.migration.legacy.";
    private static final String WITH_OWN_FORMAT = " with format=token-cache";
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

    private LegacyConfigRules() {}

    /**
     * @param acceptsForeign whether the service accepts tokens of other systems
     * @throws IllegalArgumentException naming every invalid property
     */
    static void check(LegacyConfig config, boolean acceptsForeign) {
        List<String> problems = new ArrayList<>();
        if (!config.hosts().orElse(List.of()).stream().allMatch(LegacyConfigRules::isHost)) {
            problems.add(PREFIX + "hosts contains an entry that is not redis://host:port or rediss://host:port");
        }
        if (config.username().isPresent()) {
            checkUser(config, problems);
        }
        check("timeout", config.timeout(), problems);
        check("command-timeout", config.commandTimeout(), problems);
        if (config.ownKeyPrefix().isEmpty() || config.ownKeyPrefix().indexOf('{') >= 0) {
            problems.add(PREFIX + "own-key-prefix must not be empty and must not contain a brace");
        }
        if (config.format() == LegacyConfig.Format.TOKEN_CACHE) {
            checkOwnFormat(config, problems);
        } else if (!acceptsForeign) {
            problems.add("tokencache.token.foreign must be true: it would make every token of the old store inactive");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static void checkUser(LegacyConfig config, List<String> problems) {
        if (config.password().isEmpty()) {
            problems.add(PREFIX + "username needs password");
        }
        boolean isSentinel = config.clientType() == LegacyConfig.ClientType.SENTINEL;
        if (!isSentinel && config.hosts().orElse(List.of()).stream().anyMatch(host -> host.contains("@"))) {
            problems.add(PREFIX + "username is set, and hosts names a user too");
        }
    }

    /** Settings that describe other programs' records have no effect here. Setting one is probably a mistake. */
    private static void checkOwnFormat(LegacyConfig config, List<String> problems) {
        if (config.clientType() == LegacyConfig.ClientType.SENTINEL) {
            problems.add(PREFIX + "client-type must be cluster or standalone" + WITH_OWN_FORMAT);
        }
        if (!config.keyPattern().equals(LegacyConfig.DEFAULT_KEY_PATTERN)) {
            problems.add(PREFIX + "key-pattern is not used" + WITH_OWN_FORMAT + "; see key-prefix");
        }
        if (config.subject().isPresent()) {
            problems.add(PREFIX + "subject is not used" + WITH_OWN_FORMAT);
        }
        if (config.issuedAt().isPresent()) {
            problems.add(PREFIX + "issued-at is not used" + WITH_OWN_FORMAT);
        }
        if (config.keyPrefix().indexOf('{') >= 0) {
            problems.add(PREFIX + "key-prefix must not contain a brace");
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
        if (value.compareTo(MIN_TIMEOUT) < 0 || value.compareTo(MAX_TIMEOUT) > 0) {
            problems.add(PREFIX + name + " must be from 1 millisecond to 1 hour");
        }
    }
}
