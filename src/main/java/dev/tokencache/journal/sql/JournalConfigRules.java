package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig;
import dev.tokencache.journal.JournalConfig.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

final class JournalConfigRules {

    private static final int MAX_ENTRIES = 100_000_000;
    private static final int MAX_REPLAY_RATE = 1_000_000;
    private static final Duration MIN_CONFIRM_AFTER = Duration.ofSeconds(1);
    private static final Duration MAX_CONFIRM_AFTER = Duration.ofHours(1);

    private JournalConfigRules() {}

    /** @throws IllegalArgumentException if a setting is invalid; names every such property */
    static void check(JournalConfig config, Optional<String> url) {
        List<String> problems = new ArrayList<>();
        checkNumber("max-entries", config.maxEntries(), MAX_ENTRIES, problems);
        checkNumber("replay-rate", config.replayRate(), MAX_REPLAY_RATE, problems);
        if (config.confirmAfter().compareTo(MIN_CONFIRM_AFTER) < 0
                || config.confirmAfter().compareTo(MAX_CONFIRM_AFTER) > 0) {
            problems.add("tokencache.journal.confirm-after must be from 1s to 1h");
        }
        if (config.kind() == Kind.SHARED && url.isEmpty()) {
            problems.add("quarkus.datasource.journal.jdbc.url is not set; tokencache.journal.kind=shared requires it");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static void checkNumber(String name, int value, int max, List<String> problems) {
        if (value < 1 || value > max) {
            problems.add("tokencache.journal." + name + " must be from 1 to " + max);
        }
    }
}
