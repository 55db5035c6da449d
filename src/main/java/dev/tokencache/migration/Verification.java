package dev.tokencache.migration;

import dev.tokencache.token.TokenId;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the two sides token by token, beside all requests and without a trace in the {@link Evidence}: what {@code migrate
 * verify} speaks to. It walks the old store, so it finds no token that the cluster alone has.
 *
 * <p>Thread-safe, never blocks. Calls fail with {@link dev.tokencache.token.StoreUnavailableException} if the old store can
 * not be walked, and with {@link IllegalArgumentException} for a position that is none.
 */
public interface Verification {

    /** The most keys of one {@link #compare}. */
    int MAX_KEYS = 1000;

    /** Where walks begin: one place for each master of the old store. */
    Uni<List<Start>> starts();

    /**
     * The beginning of a walk.
     *
     * @param position for {@link #compare}
     * @param keys how many keys there are, roughly
     */
    record Start(String position, long keys) {}

    /**
     * Compares the next tokens. What differs is looked at again a second later, and counts only if it differs still.
     *
     * @param position of a {@link Start}, or that of the part before
     * @param keys how many keys to look at, roughly; at most {@link #MAX_KEYS}
     */
    Uni<Part> compare(String position, int keys);

    /**
     * A part of a walk.
     *
     * @param next where to go on; empty at the end
     * @param scanned how many keys were looked at
     * @param compared how many live tokens were asked for on the other side, which answered
     * @param mismatches by kind, of those that were compared; a kind that is missing was not seen
     * @param unknown how many the other side gave no answer for
     * @param findings the tokens that differ
     */
    record Part(
            Optional<String> next,
            long scanned,
            long compared,
            Map<Mismatch, Long> mismatches,
            long unknown,
            List<Finding> findings) {

        public Part {
            mismatches = Map.copyOf(mismatches);
            findings = List.copyOf(findings);
        }
    }

    /** A token on which the sides differ. */
    record Finding(TokenId token, Mismatch kind) {}
}
