package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Whether this service has been in contact with so many masters that no others can have replaced one unnoticed. A majority of
 * the masters can promote a replica {@code cluster-node-timeout} after it lost a master, and the lost master may still reply:
 * on its side of the partition, its replies are outdated. Written on one event loop; {@link #isLost} is safe to call from any
 * thread.
 */
final class MajorityContact {

    /**
     * For how long the masters that could promote a replica may be silent. Shorter than a promotion takes: it starts half a
     * second after {@code cluster-node-timeout}, for which 1 to 2 seconds are recommended.
     */
    static final Duration LIMIT = Duration.ofSeconds(1);

    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

    private static final Logger LOG = Logger.getLogger(MajorityContact.class);

    private final Time time;
    private final String nodes;
    private final Runnable onRegained;
    /** When each node was sent the last command that it replied to. */
    private final Map<Endpoint, Long> contacts = new HashMap<>();

    private Set<Endpoint> masters = Set.of();
    private volatile boolean isStarted;
    private volatile boolean hasContact;
    private volatile long contactNanos;
    /** Set once contact was lost: until the slot map is read again, a master in it may have been replaced. */
    private volatile boolean isViewNeeded;

    private boolean isRegained;
    private long regainedNanos;
    private long lostSinceNanos;
    private boolean isLogged;
    private long loggedNanos;

    /** @param onRegained called when contact is regained and the slot map must be read again */
    MajorityContact(Time time, String nodes, Runnable onRegained) {
        this.time = time;
        this.nodes = nodes;
        this.onRegained = onRegained;
    }

    /** Whether no reply of any node can be trusted now. False before the first {@link #check}, as for a standalone server. */
    boolean isLost() {
        // In this order: a view is needed before contact is regained.
        return isStarted && (isOutOfContact() || isViewNeeded);
    }

    private boolean isOutOfContact() {
        return !hasContact || time.nanoTime() - contactNanos > LIMIT.toNanos();
    }

    /** Whether {@link #confirm} waits for a view of every reachable node. */
    boolean isViewNeeded() {
        return isViewNeeded;
    }

    /** Must be called before each round of polls, with the masters and all nodes of the slot map. */
    void check(Set<Endpoint> currentMasters, Set<Endpoint> nodes) {
        isStarted = true;
        masters = Set.copyOf(currentMasters);
        contacts.keySet().retainAll(nodes);
        update();
        if (hasContact && isOutOfContact()) {
            if (!isViewNeeded) {
                lostSinceNanos = time.nanoTime();
            }
            isViewNeeded = true;
            isRegained = false;
            logLoss();
        }
    }

    /** Logs a loss that lasts. A shorter one may be a stall of this process. */
    private void logLoss() {
        long now = time.nanoTime();
        boolean isDue = loggedNanos == 0 || now - loggedNanos >= LOG_INTERVAL.toNanos();
        if (!isLogged && isDue && now - lostSinceNanos >= LIMIT.toNanos()) {
            isLogged = true;
            loggedNanos = now;
            LOG.warnf(
                    "%s out of contact: a majority of the masters does not reply. It may replace the others unnoticed,"
                            + " so every result is unknown",
                    nodes);
        }
    }

    void replied(Endpoint node, long sentNanos) {
        contacts.merge(node, sentNanos, (before, now) -> now - before > 0 ? now : before);
        update();
    }

    private void update() {
        long now = time.nanoTime();
        long[] ages = contacts.entrySet().stream()
                .filter(contact -> masters.contains(contact.getKey()))
                .mapToLong(contact -> now - contact.getValue())
                .sorted()
                .toArray();
        int needed = masters.size() - MasterFailures.quorum(masters.size()) + 1;
        if (masters.isEmpty() || ages.length < needed) {
            return;
        }
        contactNanos = now - ages[needed - 1];
        hasContact = true;
        if (isViewNeeded && !isRegained && !isOutOfContact()) {
            isRegained = true;
            regainedNanos = now;
            onRegained.run();
        }
    }

    /** Records that every reachable node replied with its view, and the newest is in use. Returns whether a loss ends. */
    boolean confirm(long sentNanos) {
        if (!isViewNeeded || !isRegained || isOutOfContact() || sentNanos - regainedNanos < 0) {
            return false;
        }
        if (isLogged) {
            LOG.infof("%s in contact again: a majority of the masters replies", nodes);
        }
        isLogged = false;
        isViewNeeded = false;
        return true;
    }
}
