package dev.tokencache.migration;

import dev.tokencache.token.TokenId;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the two sides token by token, independently of requests and of the {@link Evidence}. {@code migrate verify}
 * uses it. It scans the old store, so it does not find tokens that only the cluster has.
 *
 * <p>Thread-safe, never blocks. Calls fail with {@link dev.tokencache.token.StoreUnavailableException} if the old store
 * cannot be scanned, and with
 * {@link dev.tokencache.token.InvalidRequestException} for an invalid position.
 */
public interface Verification {

    /** The maximum number of keys of one {@link #compare}. */
    int MAX_KEYS = 1000;

    /** The start positions of a scan: one for each master of the old store. */
    Uni<List<Start>> starts();

    /** The start of a scan: a position for {@link #compare}, and the approximate number of keys. */
    record Start(String position, long keys) {}

    /**
     * Compares the next tokens. A mismatch is checked again a second later, and counts only if it is still there.
     *
     * @param position of a {@link Start}, or {@code next} of the previous part
     * @param keys the approximate number of keys to scan, at most {@link #MAX_KEYS}
     */
    Uni<Part> compare(String position, int keys);

    /**
     * A part of a scan.
     *
     * @param next the position of the next part; empty at the end
     * @param compared how many live tokens were compared with a reply of the cluster
     * @param mismatches by kind; a missing kind has none
     * @param unknown for how many tokens the cluster did not reply
     * @param refused the records that cannot be tokens, and are not in the cluster for that reason
     */
    record Part(
            Optional<String> next,
            long scanned,
            long compared,
            Map<Mismatch, Long> mismatches,
            long unknown,
            List<Finding> findings,
            List<RefusedRecord> refused) {

        public Part {
            mismatches = Map.copyOf(mismatches);
            findings = List.copyOf(findings);
            refused = List.copyOf(refused);
        }
    }

    record Finding(TokenId token, Mismatch kind) {}
}
