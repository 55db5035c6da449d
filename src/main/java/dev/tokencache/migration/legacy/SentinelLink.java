package dev.tokencache.migration.legacy;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.connection.LogLabels;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.token.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A master that sentinels watch over: they are asked each second who it is, one after the other until one answers, and another
 * master gets a router of its own.
 */
final class SentinelLink implements LegacyLink {

    private static final Logger LOG = Logger.getLogger(SentinelLink.class);

    private static final LogLabels NAMING = new LogLabels(
            "No sentinel of the old Redis names its master",
            "A sentinel of the old Redis names its master again",
            "tokencache.migration.legacy.",
            "tokencache.migration.legacy.sentinel-password",
            "tokencache.migration.legacy.hosts");

    private static final long PERIOD_MILLIS = 1000;
    private static final long PATIENCE_MILLIS = 400;

    private final Vertx vertx;
    private final LegacyConfig config;
    private final RedisOptions masterOptions;
    private final RedisConnector sentinels;
    private final String scheme;
    private final long timer;

    private volatile @Nullable Known known;
    private volatile boolean isClosed;
    /** Why there was no answer since the last one: a slow start must not hide a wrong password. */
    private final Set<String> toldReasons = new HashSet<>();

    private record Known(Endpoint master, RouterLink link) {}

    /** @param options whose hosts are the sentinels, and whose password is the master's */
    SentinelLink(Vertx vertx, RedisOptions options, LegacyConfig config) {
        this.vertx = vertx;
        this.config = config;
        this.masterOptions = options;
        RedisOptions watchers =
                new RedisOptions(options).setPassword(config.sentinelPassword().orElse(null));
        this.sentinels = new RedisConnector(watchers, new LegacyRouterSettings(config), NAMING);
        this.scheme = options.getEndpoints().get(0).startsWith("rediss://") ? "rediss://" : "redis://";
        this.timer = vertx.setPeriodic(1, PERIOD_MILLIS, fired -> look(0));
    }

    private void look(int sentinel) {
        List<Endpoint> all = sentinels.seeds();
        if (isClosed) {
            return;
        }
        Redis client = sentinels.client(vertx, all.get(sentinel));
        client.send(Request.cmd(Command.SENTINEL).arg("get-master-addr-by-name").arg(config.masterName()))
                .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .map(SentinelLink::endpoint)
                .onComplete(done -> {
                    client.close();
                    if (done.succeeded()) {
                        follow(done.result());
                    } else if (sentinel + 1 < all.size()) {
                        look(sentinel + 1);
                    } else {
                        noAnswer(done.cause());
                    }
                });
    }

    /** Each reason once, not each second. */
    private synchronized void noAnswer(Throwable cause) {
        String reason = reason(cause);
        if (!isClosed && toldReasons.add(reason)) {
            LOG.warnf("%s; reason=%s", NAMING.unreachable(), reason);
        }
    }

    private String reason(Throwable cause) {
        return cause instanceof StoreUnavailableException
                ? "none of that name is watched (tokencache.migration.legacy.master-name)"
                : sentinels.reason(cause);
    }

    private static Endpoint endpoint(@Nullable Response address) {
        if (address == null || address.size() < 2) {
            throw new StoreUnavailableException("a sentinel does not know the master");
        }
        return new Endpoint(address.get(0).toString(), address.get(1).toInteger());
    }

    private synchronized void follow(Endpoint master) {
        if (!toldReasons.isEmpty()) {
            toldReasons.clear();
            LOG.info(NAMING.reachable());
        }
        Known present = known;
        if (isClosed || (present != null && present.master().equals(master))) {
            return;
        }
        LOG.info(present == null ? "The old store's master was found" : "The old store has another master now");
        RedisOptions options = new RedisOptions(masterOptions).setEndpoints(List.of(scheme + master));
        known = new Known(master, new RouterLink(vertx, options, config, true));
        if (present != null) {
            present.link().close();
        }
    }

    @Override
    public Future<@Nullable Response> send(byte[] key, Request request) {
        Known present = known;
        return present == null
                ? Future.failedFuture(new StoreUnavailableException("no sentinel has named the master yet"))
                : present.link().send(key, request);
    }

    @Override
    public boolean isOneServer() {
        return true;
    }

    @Override
    public List<Endpoint> masters() {
        Known present = known;
        return present == null ? List.of() : present.link().masters();
    }

    @Override
    public Redis client(Endpoint node) {
        Known present = known;
        if (present == null) {
            throw new StoreUnavailableException("no sentinel has named the master yet");
        }
        return present.link().client(node);
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        vertx.cancelTimer(timer);
        Known present = known;
        if (present != null) {
            present.link().close();
        }
    }
}
