package dev.tokencache.store.revocation;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.LogLimit;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.EventLoops;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/**
 * A revocation bus over Redis pub/sub. The script that changes a record publishes the revocation in the same step, on the
 * record's master. This class subscribes at every master, because the cluster bus may lose messages silently. The cluster
 * bus matters only for a new master that is not in the slot map yet: its messages arrive through the others.
 *
 * <p>The bus is trusted while it is subscribed at every master of the slot map and each of them has confirmed recently that
 * no message is pending. A lost subscription ends the listening epoch immediately, a silent one after {@link #MAX_SILENCE}.
 */
public final class RedisRevocationBus implements RevocationBus, AutoCloseable {

    /** How long a master may be silent before revocations count as possibly delayed. */
    public static final Duration MAX_SILENCE = Duration.ofSeconds(1);

    private static final Logger LOG = Logger.getLogger(RedisRevocationBus.class);
    private static final int PINGS_PER_SILENCE = 4;

    /** Lines of log per minute, if a subscription comes and goes. */
    private static final int MAX_LOG_LINES = 6;

    private final EventLoops loops;
    private final Executor loop;
    private final Time time;
    private final RedisRouter router;
    private final RedisConnector connector;
    private final RevocationChannel channel;
    private final ListeningEpoch epoch;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    // Confined to the event loop.
    private final Map<Endpoint, Subscription> subscriptions = new HashMap<>();
    private final RecentMessages recent = new RecentMessages();
    private final LogLimit log;
    private boolean isClosed;

    public RedisRevocationBus(
            EventLoops loops, Time time, RedisRouter router, RedisConnector connector, RevocationChannel channel) {
        this.loops = loops;
        this.loop = loops.executors().get(0);
        this.time = time;
        this.router = router;
        this.connector = connector;
        this.channel = channel;
        this.epoch = new ListeningEpoch(time, MAX_SILENCE);
        this.log = new LogLimit(MAX_LOG_LINES, time.nanoTime());
    }

    /** Starts to listen. Returns immediately; the bus is untrusted until it is subscribed at every master. */
    public void start() {
        loop.execute(() -> {
            time.scheduleEvery(MAX_SILENCE.dividedBy(PINGS_PER_SILENCE), this::tick);
            tick();
        });
    }

    @Override
    public long listeningEpoch() {
        return epoch.current();
    }

    @Override
    public void subscribe(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public void announce(Revocation revocation) {
        byte[] message = channel.message(revocation, time.clock().millis());
        // Any node will do. Used as the key, the message picks one.
        router.send(
                        message,
                        Request.cmd(Command.PUBLISH).arg(channel.bytes()).arg(message),
                        router.deadline(MAX_SILENCE))
                .onFailure(failure -> LOG.debugf("Revocation not announced; cause=%s", failure));
    }

    private void tick() {
        if (isClosed) {
            return;
        }
        Set<Endpoint> masters = router.masters();
        for (Endpoint removed : List.copyOf(subscriptions.keySet())) {
            if (!masters.contains(removed)) {
                Optional.ofNullable(subscriptions.remove(removed)).ifPresent(Subscription::close);
            }
        }
        for (Endpoint master : masters) {
            subscriptions.computeIfAbsent(
                    master,
                    added -> new Subscription(
                            loops, time, connector, added, channel, MAX_SILENCE, this::received, this::updateTrust));
        }
        List.copyOf(subscriptions.values()).forEach(Subscription::tick);
        updateTrust();
    }

    private void updateTrust() {
        long now = time.nanoTime();
        boolean isChanged = epoch.update(subscriptions.values());
        if ((isChanged || log.isSummaryDue(now)) && log.admits(now)) {
            logTrust(log.suffix());
        }
    }

    private void logTrust(String suffix) {
        if (epoch.isOpen()) {
            LOG.infof(
                    "Revocation bus complete: subscribed at every master; masters=%d%s", subscriptions.size(), suffix);
        } else {
            LOG.infof(
                    "Revocation bus incomplete: a subscription is missing. Each validation reads Redis until it is"
                            + " back%s",
                    suffix);
        }
    }

    private void received(String text) {
        if (RevocationChannel.isHello(text)) {
            return;
        }
        Optional<RevocationChannel.Message> message = channel.parse(text);
        if (message.isEmpty()) {
            // A later version of this service may have revoked anything.
            epoch.restart();
            return;
        }
        Duration age = Duration.ofMillis(
                Math.max(0, time.clock().millis() - message.get().publishedAtMillis()));
        boolean isFirst = recent.isFirst(text);
        listeners.forEach(listener -> listener.revoked(message.get().revocation(), age, isFirst));
    }

    @Override
    public void close() {
        loop.execute(() -> {
            isClosed = true;
            epoch.end();
            subscriptions.values().forEach(Subscription::close);
            subscriptions.clear();
        });
    }
}
