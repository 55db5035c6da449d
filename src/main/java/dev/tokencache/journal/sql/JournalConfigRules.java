package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig;
import dev.tokencache.journal.JournalConfig.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the settings of {@link JournalConfig} may be. Pure. */
final class JournalConfigRules {

    private static final Duration MIN_POLL = Duration.ofMillis(10);

    /** Three of them pass before the first write of an outage is answered, which has about half a second. */
    private static final Duration MAX_POLL = Duration.ofMillis(100);

    private static final int MAX_ENTRIES = 100_000_000;
    private static final int MAX_REPLAYED = 1_000_000;

    private JournalConfigRules() {}

    /**
     * @param url where the shared database is, if that is said
     * @throws IllegalArgumentException naming every property that makes no sense
     */
    static void check(JournalConfig config, Optional<String> url) {
        List<String> problems = new ArrayList<>();
        checkNumber("max-entries", config.maxEntries(), MAX_ENTRIES, problems);
        checkNumber("replay-rate", config.replayRate(), MAX_REPLAYED, problems);
        Duration poll = config.shared().poll();
        if (poll.compareTo(MIN_POLL) < 0 || poll.compareTo(MAX_POLL) > 0) {
            problems.add("tokencache.journal.shared.poll must be from 10 to 100 milliseconds");
        }
        if (config.kind() == Kind.SHARED && url.isEmpty()) {
            problems.add("quarkus.datasource.journal.jdbc.url is not set, which tokencache.journal.kind=shared needs");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static void checkNumber(String name, int value, int most, List<String> problems) {
        if (value < 1 || value > most) {
            problems.add("tokencache.journal." + name + " must be from 1 to " + most);
        }
    }
}
