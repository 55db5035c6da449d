package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.Time;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Decides at the start which cluster to believe, when no node is known: the one that more than half of the seeds belong to. If
 * too few seeds reply, the one with most of those that do, after {@link #PATIENCE}. With a tie, none. Belongs to one event
 * loop.
 */
final class SeedMajority {

    /** How long to wait for more seeds. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(SeedMajority.class);

    private final Time time;
    private final List<Endpoint> seeds;
    private @Nullable Long firstViewNanos;
    private boolean isTieLogged;

    SeedMajority(Time time, List<Endpoint> seeds) {
        this.time = time;
        this.seeds = seeds;
    }

    /** The views of the cluster to believe, of those that were queried at the same time; empty for none yet. */
    List<ClusterView> elect(List<ClusterView> views) {
        // A node without slots is not a cluster: it may have come back empty.
        List<ClusterView> candidates =
                views.stream().filter(view -> !view.ranges().isEmpty()).toList();
        if (candidates.isEmpty()) {
            return List.of();
        }
        if (firstViewNanos == null) {
            firstViewNanos = time.nanoTime();
        }
        ClusterView best = candidates.get(0);
        int votes = 0;
        boolean isTie = false;
        for (ClusterView candidate : candidates) {
            int count = votes(candidate, views);
            boolean isRival = !candidate.isOfSameClusterAs(best);
            if (count > votes) {
                isTie = false;
                best = candidate;
                votes = count;
            } else if (count == votes && isRival) {
                isTie = true;
            }
        }
        boolean isMajority = 2 * votes > seeds.size();
        boolean isPatient = time.nanoTime() - firstViewNanos >= PATIENCE.toNanos();
        if (isMajority || (isPatient && !isTie)) {
            ClusterView elected = best;
            return candidates.stream().filter(elected::isOfSameClusterAs).toList();
        }
        if (isPatient && !isTieLogged) {
            isTieLogged = true;
            LOG.warn("The configured Redis hosts belong to different clusters, and none has a majority."
                    + " No slot is served until they agree.");
        }
        return List.of();
    }

    /** How many seeds belong to the cluster of a view: they replied as members, or are silent and the view names them. */
    private int votes(ClusterView view, List<ClusterView> views) {
        Set<Endpoint> votes = new HashSet<>(seeds);
        votes.retainAll(view.endpoints());
        for (ClusterView other : views) {
            if (view.isOfSameClusterAs(other)) {
                votes.add(other.queried());
            } else {
                votes.remove(other.queried());
            }
        }
        return votes.size();
    }
}
