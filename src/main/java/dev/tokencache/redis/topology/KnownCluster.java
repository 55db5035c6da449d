package dev.tokencache.redis.topology;

import dev.tokencache.redis.Time;
import dev.tokencache.redis.connection.NodeIdentity;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The cluster that this process knows: the ids of its nodes, and the owner of each slot. Only its members can add a member or
 * move a slot, so a node of another cluster changes nothing, at whatever address it replies. A cluster that was rebuilt has
 * other ids, and is found at the next start. See docs/adr/0017.
 *
 * <p>{@link #isMember} is safe to call from any thread; the other methods belong to one event loop.
 */
final class KnownCluster implements NodeIdentity {

    /** How long members must contradict what is known before the word of most of them replaces it. */
    static final Duration DISPUTE = Duration.ofSeconds(3);

    private static final Request CLUSTER_MYID = Request.cmd(Command.CLUSTER, "MYID");

    private final Time time;
    private volatile Set<String> members = Set.of();
    private List<SlotRange> ranges = List.of();
    private boolean isDisputed;
    private long disputedSinceNanos;

    KnownCluster(Time time) {
        this.time = time;
    }

    @Override
    public Request request() {
        return CLUSTER_MYID;
    }

    /** Before the cluster is known, every node may reply to {@link Topology}; no slot has a node yet. */
    @Override
    public boolean isMember(String id) {
        Set<String> known = members;
        return known.contains(id) || known.isEmpty();
    }

    boolean isKnown() {
        return !members.isEmpty();
    }

    /** The owner of each slot, by the highest config epoch. */
    List<SlotRange> ranges() {
        return ranges;
    }

    /** Whether the last views contradicted what is known, so that all members should be queried. */
    boolean isDisputed() {
        return isDisputed;
    }

    /**
     * Whether a view is of this cluster: a member reports it, and it knows slots and at least half of the other owners. A
     * member that was reset with {@code CLUSTER RESET SOFT} has the same id, but knows no one.
     */
    boolean believes(ClusterView view) {
        if (!isMember(view.reporter()) || view.ranges().isEmpty()) {
            return false;
        }
        Set<String> others = owners(ranges);
        others.remove(view.reporter());
        long named = others.stream().filter(view.members()::contains).count();
        return 2 * named >= others.size();
    }

    /** Learns from views that were queried at the same time. All of them must be believed. */
    void learn(Collection<ClusterView> views) {
        Set<String> mergedMembers = members(members, views);
        List<SlotRange> mergedRanges = ranges(ranges, views);
        boolean wasDisputed = isDisputed;
        isDisputed =
                views.stream().anyMatch(view -> !view.members().equals(mergedMembers) || !isOf(view, mergedRanges));
        if (isDisputed && !wasDisputed) {
            disputedSinceNanos = time.nanoTime();
        }
        boolean isLong = isDisputed && time.nanoTime() - disputedSinceNanos >= DISPUTE.toNanos();
        if (isLong && 2 * reporters(views) > mergedMembers.size()) {
            // What most members have not heard of is no longer so: a node was removed, or slots were unassigned.
            isDisputed = false;
            ranges = ranges(List.of(), views);
            members = members(Set.of(), views);
            return;
        }
        ranges = mergedRanges;
        members = mergedMembers;
    }

    private static Set<String> members(Set<String> known, Collection<ClusterView> views) {
        Set<String> merged = new HashSet<>(known);
        views.forEach(view -> merged.addAll(view.members()));
        return Set.copyOf(merged);
    }

    /** Compares the lists first: usually they are equal. */
    private static boolean isOf(ClusterView view, List<SlotRange> ranges) {
        return view.ranges().equals(ranges) || ranges(List.of(), List.of(view)).equals(ranges);
    }

    private static List<SlotRange> ranges(List<SlotRange> known, Collection<ClusterView> views) {
        if (views.stream().allMatch(view -> view.ranges().equals(known))) {
            return known;
        }
        SlotClaims claims = new SlotClaims().add(known);
        views.forEach(view -> claims.add(view.ranges()));
        return claims.ranges();
    }

    private static long reporters(Collection<ClusterView> views) {
        return views.stream().map(ClusterView::reporter).distinct().count();
    }

    private static Set<String> owners(List<SlotRange> ranges) {
        Set<String> owners = new HashSet<>();
        ranges.forEach(range -> owners.add(range.owner()));
        return owners;
    }
}
