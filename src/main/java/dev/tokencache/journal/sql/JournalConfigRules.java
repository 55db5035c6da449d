package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig;
import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.redis.ConfigProblems;
import java.time.Duration;
import java.util.Optional;

final class JournalConfigRules {

    private static final int MAX_ENTRIES = 100_000_000;
    private static final int MAX_REPLAY_RATE = 1_000_000;
    private static final Duration MIN_CONFIRM_AFTER = Duration.ofSeconds(1);
    private static final Duration MAX_CONFIRM_AFTER = Duration.ofHours(1);

    private JournalConfigRules() {}

    /** Throws as {@link ConfigProblems#report}. */
    static void check(JournalConfig config, Optional<String> url) {
        ConfigProblems problems = new ConfigProblems("tokencache.journal.");
        problems.checkNumber("max-entries", config.maxEntries(), 1, MAX_ENTRIES);
        problems.checkNumber("replay-rate", config.replayRate(), 1, MAX_REPLAY_RATE);
        problems.addIf(
                config.confirmAfter().compareTo(MIN_CONFIRM_AFTER) < 0
                        || config.confirmAfter().compareTo(MAX_CONFIRM_AFTER) > 0,
                "confirm-after must be from 1s to 1h");
        if (config.kind() == Kind.SHARED && url.isEmpty()) {
            problems.add("quarkus.datasource.journal.jdbc.url is not set; tokencache.journal.kind=shared requires it");
        }
        problems.report();
    }
}
