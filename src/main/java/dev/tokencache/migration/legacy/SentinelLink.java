package dev.tokencache.migration.legacy;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.connection.EventLoops;
import dev.tokencache.redis.connection.LogLabels;
import dev.tokencache.redis.connection.NodeLink;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.token.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The connection to a master that sentinels monitor. Queries the sentinels once a second for the address of the master, in
 * turn until one replies. A new master gets a new router.
 */
final class SentinelLink implements LegacyLink {

    private static final Logger LOG = Logger.getLogger(SentinelLink.class);

    private static final LogLabels LABELS = new LogLabels(
            "No sentinel of the old Redis reports its master",
            "A sentinel of the old Redis reports its master again",
            "Sentinel of the old Redis",
            "tokencache.migration.legacy.",
            "tokencache.migration.legacy.sentinel-password",
            "tokencache.migration.legacy.hosts");

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final long REPLY_TIMEOUT_MILLIS = 400;

    private final Function<RedisConnector, EventLoops> network;
    private final LegacyConfig config;
    private final Time time;
    private final RedisOptions masterOptions;
    private final RedisConnector sentinels;
    private final EventLoops sentinelLoops;
    private final String scheme;
    private final Time.Timer firstQuery;
    private final Time.Timer timer;
    private volatile @Nullable Known known;
    private volatile boolean isClosed;
    /** The reasons logged since the last reply. Each is logged once: a slow start must not hide a wrong password. */
    private final Set<String> loggedReasons = new HashSet<>();

    private record Known(Endpoint master, RouterLink link) {}

    /** @param options with the hosts of the sentinels, which may name a user of theirs, and the password of the master */
    SentinelLink(Function<RedisConnector, EventLoops> network, RedisOptions options, LegacyConfig config, Time time) {
        this.network = network;
        this.config = config;
        this.time = time;
        this.masterOptions = options;
        RedisOptions sentinelOptions =
                new RedisOptions(options).setPassword(config.sentinelPassword().orElse(null));
        this.sentinels = new RedisConnector(sentinelOptions, RouterLink.settings(config), LABELS);
        this.sentinelLoops = network.apply(sentinels);
        this.scheme = options.getEndpoints().get(0).startsWith("rediss://") ? "rediss://" : "redis://";
        this.firstQuery = time.schedule(Duration.ZERO, () -> querySentinel(0));
        this.timer = time.scheduleEvery(PERIOD, () -> querySentinel(0));
    }

    private void querySentinel(int sentinel) {
        List<Endpoint> all = sentinels.seeds();
        if (isClosed) {
            return;
        }
        NodeLink link = sentinelLoops.link(all.get(sentinel));
        Request query =
                Request.cmd(Command.SENTINEL).arg("get-master-addr-by-name").arg(config.masterName());
        link.connect(() -> {})
                .compose(connected -> link.send(query))
                .timeout(REPLY_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .map(SentinelLink::endpoint)
                .onComplete(done -> {
                    link.close();
                    if (done.succeeded()) {
                        follow(done.result());
                    } else if (sentinel + 1 < all.size()) {
                        querySentinel(sentinel + 1);
                    } else {
                        logNoReply(done.cause());
                    }
                });
    }

    /** Logs each reason once, not every second. */
    private synchronized void logNoReply(Throwable cause) {
        String reason = reason(cause);
        if (!isClosed && loggedReasons.add(reason)) {
            LOG.warnf("%s; reason=%s", LABELS.unreachable(), reason);
        }
    }

    private String reason(Throwable cause) {
        return cause instanceof StoreUnavailableException
                ? "the sentinels monitor no master of that name (tokencache.migration.legacy.master-name)"
                : sentinels.reason(cause);
    }

    private static Endpoint endpoint(@Nullable Response address) {
        if (address == null || address.size() < 2) {
            throw new StoreUnavailableException("a sentinel does not know the master");
        }
        return new Endpoint(address.get(0).toString(), address.get(1).toInteger());
    }

    private synchronized void follow(Endpoint master) {
        if (!loggedReasons.isEmpty()) {
            loggedReasons.clear();
            LOG.info(LABELS.reachable());
        }
        Known present = known;
        if (isClosed || (present != null && present.master().equals(master))) {
            return;
        }
        LOG.info(present == null ? "Master of the old store found" : "Master of the old store changed");
        RedisOptions options = new RedisOptions(masterOptions)
                .setEndpoints(List.of(LegacyConnection.withUser(scheme + master, config)));
        known = new Known(master, RouterLink.open(network, options, config, time, true));
        if (present != null) {
            present.link().close();
        }
    }

    @Override
    public Future<@Nullable Response> send(byte[] key, Request request) {
        Known present = known;
        return present == null
                ? Future.failedFuture(new StoreUnavailableException("no sentinel has reported the master yet"))
                : present.link().send(key, request);
    }

    @Override
    public List<Endpoint> masters() {
        Known present = known;
        return present == null ? List.of() : present.link().masters();
    }

    @Override
    public NodeLink scanLink(Endpoint node) {
        Known present = known;
        if (present == null) {
            throw new StoreUnavailableException("no sentinel has reported the master yet");
        }
        return present.link().scanLink(node);
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        firstQuery.cancel();
        timer.cancel();
        Known present = known;
        if (present != null) {
            present.link().close();
        }
    }
}
