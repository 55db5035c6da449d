package dev.tokencache.store.revocation;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;

/**
 * Brings revocations by Redis' pub/sub. The scripts that change a record publish that in the same step, on the master of the
 * record; this listens at every master, so that no message needs the cluster bus, which may lose one without a trace. It
 * is needed while a master is new and not known here yet: then what is published there is heard at the others.
 *
 * <p>It is sure as long as it is subscribed at every master of the slot map, and each of them proved a moment ago that
 * nothing is under way. A lost subscription ends the stretch at once, a silent one when its time is over.
 */
public final class RedisRevocationBus implements RevocationBus, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(RedisRevocationBus.class);

    private static final int SIGNS_PER_SILENCE = 4;

    private final Vertx vertx;
    private final Context context;
    private final RedisRouter router;
    private final RedisConnector connector;
    private final RevocationChannel channel;
    private final Duration silence;
    private final Clock clock;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    // Used on the event loop of the context alone.
    private final Map<Endpoint, Subscription> subscriptions = new HashMap<>();
    private final RecentMessages recent = new RecentMessages();
    private long listeningEpochs;
    private boolean isClosed;

    // Written there, read anywhere.
    private volatile long listeningEpoch = NOT_SURE;
    private volatile long sureUntilNanos = System.nanoTime();

    /**
     * Listens to nothing yet.
     *
     * @param silence how long a node may owe a sign of life
     */
    public RedisRevocationBus(
            Vertx vertx,
            RedisRouter router,
            RedisConnector connector,
            RevocationChannel channel,
            Duration silence,
            Clock clock) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.router = router;
        this.connector = connector;
        this.channel = channel;
        this.silence = silence;
        this.clock = clock;
    }

    /** Starts to listen. Returns at once: it is not sure of anything until it has found the cluster. */
    public void start() {
        context.runOnContext(here -> {
            vertx.setPeriodic(Math.max(1, silence.toMillis() / SIGNS_PER_SILENCE), fired -> tick());
            tick();
        });
    }

    @Override
    public long listeningEpoch() {
        long present = listeningEpoch;
        return System.nanoTime() - sureUntilNanos < 0 ? present : NOT_SURE;
    }

    @Override
    public void subscribe(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public void announce(Revocation revocation) {
        byte[] message = RevocationChannel.message(revocation, clock.millis());
        // Any node will do; the message itself picks one.
        router.send(message, Request.cmd(Command.PUBLISH).arg(channel.bytes()).arg(message), Deadline.in(silence))
                .onFailure(failure -> LOG.debugf("A revocation was not announced; cause=%s", failure));
    }

    private void tick() {
        if (isClosed) {
            return;
        }
        Set<Endpoint> masters = router.masters();
        for (Endpoint left : List.copyOf(subscriptions.keySet())) {
            if (!masters.contains(left)) {
                Optional.ofNullable(subscriptions.remove(left)).ifPresent(Subscription::close);
            }
        }
        for (Endpoint master : masters) {
            subscriptions.computeIfAbsent(
                    master,
                    added -> new Subscription(vertx, connector, added, channel, silence, this::heard, this::look));
        }
        long now = System.nanoTime();
        List.copyOf(subscriptions.values()).forEach(subscription -> subscription.tick(now));
        look();
    }

    /** Sees whether everything is heard. */
    private void look() {
        boolean isComplete =
                !subscriptions.isEmpty() && subscriptions.values().stream().allMatch(Subscription::isLive);
        if (!isComplete) {
            endListeningEpoch();
            return;
        }
        long now = System.nanoTime();
        long longestAgo = 0;
        for (Subscription subscription : subscriptions.values()) {
            longestAgo = Math.max(longestAgo, now - subscription.heardNanos());
        }
        sureUntilNanos = now - longestAgo + silence.toNanos();
        if (listeningEpoch == NOT_SURE) {
            listeningEpoch = ++listeningEpochs;
            LOG.infof("Every revocation is heard; nodes=%d", subscriptions.size());
        }
    }

    private void endListeningEpoch() {
        if (listeningEpoch != NOT_SURE) {
            listeningEpoch = NOT_SURE;
            LOG.info("Revocations may be missed: until all are heard again, each validation asks Redis");
        }
    }

    private void heard(String text) {
        if (RevocationChannel.isHello(text)) {
            return;
        }
        Optional<RevocationChannel.Message> message = RevocationChannel.parse(text);
        if (message.isEmpty()) {
            // Of a later version of this service: it may have revoked anything.
            listeningEpoch = listeningEpoch == NOT_SURE ? NOT_SURE : ++listeningEpochs;
            return;
        }
        Duration age =
                Duration.ofMillis(Math.max(0, clock.millis() - message.get().publishedAtMillis()));
        boolean isFirst = recent.isFirst(text);
        listeners.forEach(listener -> listener.heard(message.get().revocation(), age, isFirst));
    }

    @Override
    public void close() {
        context.runOnContext(here -> {
            isClosed = true;
            listeningEpoch = NOT_SURE;
            subscriptions.values().forEach(Subscription::close);
            subscriptions.clear();
        });
    }
}
