package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.LegacyStore.Page;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.RefusedRecord;
import dev.tokencache.redis.Time;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.Paging;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares the two sides token by token, for {@code migrate verify}. Scans the old store, so it does not find tokens that only
 * the cluster has. Thread-safe, never blocks. Fails if the old store cannot be scanned, or a position is invalid.
 *
 * <p>The two reads happen at different moments. A page with mismatches is therefore scanned again after a short delay; a
 * token that has left the page by then has only expired.
 *
 * <p>A token that the cluster lacks because its subject was logged out is no mismatch: the old store does not show it.
 *
 * @param recheckDelay the delay before a mismatch is checked again
 */
public record Verification(
        LegacyStore legacy, TokenStore cluster, Duration recheckDelay, ExpiryLimit limit, Time time) {

    /** The maximum number of keys of one {@link #compare}. */
    public static final int MAX_KEYS = 1000;

    /** A listing whose not-before time is needed, and no token. */
    private static final Paging NOT_BEFORE_ONLY = new Paging(1, Optional.empty());

    /** The name of a master and a cursor. */
    private static final Pattern POSITION = Pattern.compile("([A-Za-z0-9_.-]{1,80}):([0-9]{1,20})");

    private static final int MAX_CONCURRENT = 64;

    /** The start of a scan: a position for {@link #compare}, and the approximate number of keys. */
    public record Start(String position, long keys) {}

    /**
     * A part of a scan.
     *
     * @param next the position of the next part; empty at the end
     * @param compared how many live tokens were compared with a reply of the cluster
     * @param mismatches by kind; a missing kind has none
     * @param unknown for how many tokens the cluster did not reply
     * @param refused the records that cannot be tokens, and are not in the cluster for that reason
     */
    public record Part(
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

    public record Finding(TokenId token, Mismatch kind) {}

    /** The result for one token: a mismatch, none, or unknown because the cluster did not reply. */
    private record Compared(LegacyToken token, boolean isKnown, Optional<Mismatch> mismatch) {}

    /** The start positions of a scan: one for each master of the old store. */
    public Uni<List<Start>> starts() {
        return legacy.masters().map(masters -> masters.stream()
                .map(master -> new Start(master.name() + ":" + Page.START, master.keys()))
                .toList());
    }

    /**
     * Compares the tokens of about {@code keys} keys, at most {@link #MAX_KEYS}, from a {@link Start} or the {@code
     * next} part on. A mismatch counts only if it is still there a second later.
     */
    public Uni<Part> compare(String position, int keys) {
        Matcher parts = POSITION.matcher(position);
        if (!parts.matches()) {
            throw new InvalidRequestException("position", "must be one that was returned before");
        }
        return compare(parts.group(1), parts.group(2), keys);
    }

    private Uni<Part> compare(String master, String cursor, int keys) {
        return legacy.scan(master, cursor, keys).chain(page -> compareAll(page.tokens())
                .chain(compared -> compared.stream().allMatch(Verification::isSettled)
                        ? Uni.createFrom().item(compared)
                        : recheck(master, cursor, keys, compared))
                .map(compared -> part(master, page, compared)));
    }

    private static boolean isSettled(Compared compared) {
        return compared.isKnown() && compared.mismatch().isEmpty();
    }

    private Uni<List<Compared>> recheck(String master, String cursor, int keys, List<Compared> first) {
        Set<TokenId> unsettled = new HashSet<>();
        List<Compared> all = new ArrayList<>();
        for (Compared compared : first) {
            if (isSettled(compared)) {
                all.add(compared);
            } else {
                unsettled.add(compared.token().token().id());
            }
        }
        return Comparisons.after(recheckDelay, time)
                .chain(() -> legacy.scan(master, cursor, keys))
                .chain(page -> compareAll(page.tokens().stream()
                        .filter(token -> unsettled.contains(token.token().id()))
                        .toList()))
                .map(again -> {
                    all.addAll(again);
                    return all;
                });
    }

    private Uni<List<Compared>> compareAll(List<LegacyToken> tokens) {
        return PageCopier.forAll(tokens, MAX_CONCURRENT, this::compare);
    }

    private Uni<Compared> compare(LegacyToken token) {
        return cluster.read(token.locator()).chain(verdict -> {
            if (verdict instanceof Verdict.Unknown) {
                return Uni.createFrom().item(new Compared(token, false, Optional.empty()));
            }
            Optional<Mismatch> mismatch =
                    new Comparisons.Pair(new Verdict.Active(token.token()), verdict, limit).mismatch();
            Compared compared = new Compared(token, true, mismatch);
            return mismatch.equals(Optional.of(Mismatch.MISSING_IN_CLUSTER))
                    ? ignoreLogout(compared)
                    : Uni.createFrom().item(compared);
        });
    }

    private Uni<Compared> ignoreLogout(Compared missing) {
        LegacyToken token = missing.token();
        return cluster.list(token.token().id().tag(), NOT_BEFORE_ONLY)
                .map(kept -> kept.notBeforeMillis().orElse(-1) >= token.token().issuedAtMillis()
                        ? new Compared(token, true, Optional.empty())
                        : missing)
                .onFailure()
                .recoverWithItem(new Compared(token, false, Optional.empty()));
    }

    private static Part part(String master, Page page, List<Compared> compared) {
        Map<Mismatch, Long> mismatches = new EnumMap<>(Mismatch.class);
        compared.forEach(one -> one.mismatch().ifPresent(kind -> mismatches.merge(kind, 1L, Long::sum)));
        long unknown = compared.stream().filter(one -> !one.isKnown()).count();
        List<Finding> findings = compared.stream()
                .filter(one -> one.mismatch().isPresent())
                .map(one -> new Finding(one.token().token().id(), one.mismatch().orElseThrow()))
                .toList();
        return new Part(
                page.isLast() ? Optional.empty() : Optional.of(master + ":" + page.cursor()),
                page.scanned(),
                compared.size() - unknown,
                mismatches,
                unknown,
                findings,
                page.refused());
    }
}
