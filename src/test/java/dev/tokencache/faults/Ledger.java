package dev.tokencache.faults;

import dev.tokencache.testing.ServiceClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;

/**
 * What the service said it did, token by token. What it left open, or said that too few replicas have, may be either
 * way and is not held against it. Thread-safe.
 */
final class Ledger {

    private static final int BATCH = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private enum Standing {
        LIVE,
        EXPIRED,
        OPEN
    }

    private final Map<String, Standing> standings = new ConcurrentHashMap<>();

    void created(String token, boolean replicated) {
        standings.put(token, replicated ? Standing.LIVE : Standing.OPEN);
    }

    /** It is about to be expired: until that is acknowledged, it may be live or not. */
    void expiring(String token) {
        standings.put(token, Standing.OPEN);
    }

    void expired(String token) {
        standings.put(token, Standing.EXPIRED);
    }

    long acknowledged() {
        return standings.values().stream()
                .filter(standing -> standing != Standing.OPEN)
                .count();
    }

    /** How many acknowledged writes the service knows nothing of: live tokens that are inactive, expired ones that are active. */
    long lost(ServiceClient client) {
        return disagreements(client, Standing.LIVE, "false") + disagreements(client, Standing.EXPIRED, "true");
    }

    private long disagreements(ServiceClient client, Standing standing, String wrong) {
        List<String> tokens = new ArrayList<>(standings.entrySet().stream()
                .filter(entry -> entry.getValue() == standing)
                .map(Map.Entry::getKey)
                .toList());
        long disagreements = 0;
        for (int from = 0; from < tokens.size(); from += BATCH) {
            List<String> batch = tokens.subList(from, Math.min(from + BATCH, tokens.size()));
            disagreements += Awaitility.await("verdicts on all that was written")
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
