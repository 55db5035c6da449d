package dev.tokencache.migration.store;

import dev.tokencache.migration.BackfillLedger.BackfillLease;
import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.BackfillProgress.Tally;
import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyStore.Master;
import dev.tokencache.migration.LegacyStore.Page;
import dev.tokencache.migration.LegacyToken;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a process knows of the backfill while it has the lease: not more than two pages. Not thread-safe. */
final class BackfillSession {

    final BackfillLease lease;
    final RateLimiter pace;
    List<Master> masters;
    BackfillProgress progress;
    long lookedAtNanos;
    /** The page that is being copied. */
    @Nullable
    Piece piece;
    /** The page after it, if it was read already. */
    @Nullable
    Ahead ahead;

    BackfillSession(
            BackfillLease lease, List<Master> masters, BackfillProgress progress, RateLimiter pace, long nowNanos) {
        this.lease = lease;
        this.masters = masters;
        this.progress = progress;
        this.pace = pace;
        this.lookedAtNanos = nowNanos;
        pace.limit(progress.keysPerSecond());
    }

    /**
     * A page of which a part may be copied.
     *
     * @param tally of what is through
     * @param open what is not
     * @param openExpiries what speaks against tokens and is not
     * @param attempts how often the cluster was asked
     */
    record Piece(
            Master master,
            Page page,
            Tally tally,
            List<LegacyToken> open,
            List<LegacyExpiry> openExpiries,
            int attempts) {

        /** A page of which nothing is copied yet; what is dead in it is through. */
        static Piece of(Master master, Page page) {
            int dead = page.scanned() - page.tokens().size();
            return new Piece(master, page, new Tally(dead, 0, 0, dead, 0), page.tokens(), page.expiries(), 0);
        }

        Piece after(PageCopier.Result result) {
            return new Piece(
                    master, page, tally.and(result.tally()), result.open(), result.openExpiries(), attempts + 1);
        }

        boolean isDone() {
            return open.isEmpty() && openExpiries.isEmpty();
        }

        /** All of it, with what is open given up. */
        Tally allTally() {
            int givenUp = open.size() + openExpiries.size();
            return tally.and(new Tally(givenUp, 0, 0, 0, givenUp));
        }

        /** Where the walk goes on behind it. */
        String cursor() {
            return page.isLast() ? BackfillProgress.FINISHED : page.cursor();
        }
    }

    /**
     * A page that was read early.
     *
     * @param from the cursor that it was read with
     */
    record Ahead(Master master, String from, Page page) {}

    /** A master whose keys have not all been looked at. */
    Optional<Master> unfinished() {
        return masters.stream()
                .filter(master -> !BackfillProgress.FINISHED.equals(cursor(master)))
                .findFirst();
    }

    String cursor(Master master) {
        return progress.cursors().getOrDefault(master.name(), Page.START);
    }

    /** Takes the page out that was read early, if it is the one behind the progress. */
    Optional<Page> takeAhead(Master master) {
        Ahead taken = ahead;
        ahead = null;
        return taken != null && taken.master().equals(master) && taken.from().equals(cursor(master))
                ? Optional.of(taken.page())
                : Optional.empty();
    }
}
