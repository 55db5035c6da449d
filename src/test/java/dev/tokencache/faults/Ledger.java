package dev.tokencache.faults;

import dev.tokencache.testing.ServiceClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;

/**
 * The acknowledged state of each written token. Writes that had no answer or reached too few replicas are open: either
 * outcome is accepted. Thread-safe.
 */
final class Ledger {

    private static final int BATCH = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private enum State {
        LIVE,
        EXPIRED,
        OPEN
    }

    private final Map<String, State> states = new ConcurrentHashMap<>();

    void created(String token, boolean replicated) {
        states.put(token, replicated ? State.LIVE : State.OPEN);
    }

    /** Records that an expiry was sent. Until it is acknowledged, the token may be active or inactive. */
    void expiring(String token) {
        states.put(token, State.OPEN);
    }

    void expired(String token) {
        states.put(token, State.EXPIRED);
    }

    long acknowledged() {
        return states.values().stream().filter(state -> state != State.OPEN).count();
    }

    /** Counts the lost acknowledged writes: live tokens reported as inactive and expired ones reported as active. */
    long lost(ServiceClient client) {
        return disagreements(client, State.LIVE, "false") + disagreements(client, State.EXPIRED, "true");
    }

    private long disagreements(ServiceClient client, State state, String wrong) {
        List<String> tokens = new ArrayList<>(states.entrySet().stream()
                .filter(entry -> entry.getValue() == state)
                .map(Map.Entry::getKey)
                .toList());
        long disagreements = 0;
        for (int from = 0; from < tokens.size(); from += BATCH) {
            List<String> batch = tokens.subList(from, Math.min(from + BATCH, tokens.size()));
            disagreements += Awaitility.await("verdicts on all written tokens")
                    .atMost(PATIENCE)
                    .until(
                            () -> client.verdicts(batch),
                            answer -> answer.size() == batch.size() && !answer.contains("null"))
                    .stream()
                    .filter(wrong::equals)
                    .count();
        }
        return disagreements;
    }
}
