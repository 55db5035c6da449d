package dev.tokencache.migration.store;

import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.BackfillProgress.Counts;
import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyStore.Master;
import dev.tokencache.migration.LegacyStore.Page;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.MigrationStates.BackfillLease;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an instance holds in memory while it has the lease: at most two pages. Not thread-safe. */
final class BackfillSession {

    final BackfillLease lease;
    final RateLimiter rateLimiter;
    List<Master> masters;
    BackfillProgress progress;
    long renewedAtNanos;

    @Nullable
    PageProgress page;

    @Nullable
    Ahead ahead;

    BackfillSession(
            BackfillLease lease,
            List<Master> masters,
            BackfillProgress progress,
            RateLimiter rateLimiter,
            long nowNanos) {
        this.lease = lease;
        this.masters = masters;
        this.progress = progress;
        this.rateLimiter = rateLimiter;
        this.renewedAtNanos = nowNanos;
        rateLimiter.limit(progress.keysPerSecond());
    }

    /** A page and what is not copied of it yet: tokens, and expiries and not-before times. */
    record PageProgress(
            Master master,
            Page page,
            Counts counts,
            List<LegacyToken> open,
            List<LegacyExpiry> openExpiries,
            int attempts) {

        /** A page before its first attempt; its dead records count as skipped. */
        static PageProgress of(Master master, Page page) {
            int dead = page.scanned() - page.tokens().size();
            return new PageProgress(master, page, new Counts(dead, 0, 0, dead, 0), page.tokens(), page.expiries(), 0);
        }

        PageProgress after(PageCopier.Result result) {
            return new PageProgress(
                    master, page, counts.plus(result.counts()), result.open(), result.openExpiries(), attempts + 1);
        }

        boolean isDone() {
            return open.isEmpty() && openExpiries.isEmpty();
        }

        /** The counts of the whole page, with the open records as failed. */
        Counts allCounts() {
            int givenUp = open.size() + openExpiries.size();
            return counts.plus(new Counts(givenUp, 0, 0, 0, givenUp));
        }

        String cursor() {
            return page.isLast() ? BackfillProgress.FINISHED : page.cursor();
        }
    }

    /** A page that was read ahead, and the cursor of that read. */
    record Ahead(Master master, String from, Page page) {}

    /** A master that is not scanned to its end. */
    Optional<Master> unfinished() {
        return masters.stream()
                .filter(master -> !BackfillProgress.FINISHED.equals(cursor(master)))
                .findFirst();
    }

    String cursor(Master master) {
        return progress.cursors().getOrDefault(master.name(), Page.START);
    }

    /** Removes and returns the page that was read ahead, if it is the next one. */
    Optional<Page> takeAhead(Master master) {
        Ahead taken = ahead;
        ahead = null;
        return taken != null && taken.master().equals(master) && taken.from().equals(cursor(master))
                ? Optional.of(taken.page())
                : Optional.empty();
    }
}
