package dev.tokencache.operator.instances;

import dev.tokencache.operator.doctor.ServiceFacts.Instance;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.command.RedisRouter;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Writes this instance into a hash of the cluster every ten seconds, and reads the others. The clock of the node that stores
 * the hash is the reference: it shows which fields are old, and how far the clocks of instances are apart. A heartbeat that
 * fails has no effect. Thread-safe.
 */
public final class Heartbeats {

    private static final Logger LOG = Logger.getLogger(Heartbeats.class);
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** Three heartbeats are missing: the instance has ended. */
    private static final Duration MAX_AGE = Duration.ofSeconds(35);

    private static final String KEY_TTL_MILLIS = "60000";

    /** @param aheadMillis this time minus the clock of this process, at the middle of the round trip */
    private record NodeTime(long millis, long aheadMillis) {}

    private final RedisRouter router;
    private final Time time;
    private final byte[] key;
    private final String id;
    private final String version;
    private final Supplier<Map<String, String>> fingerprints;
    private final Supplier<Load> load;

    /** @param id of this instance, which no other has */
    public Heartbeats(
            RedisRouter router,
            Time time,
            byte[] key,
            String id,
            String version,
            Supplier<Map<String, String>> fingerprints,
            Supplier<Load> load) {
        this.router = router;
        this.time = time;
        this.key = key;
        this.id = id;
        this.version = version;
        this.fingerprints = fingerprints;
        this.load = load;
    }

    public String id() {
        return id;
    }

    /** Begins with a random delay: instances that start together must not write together. */
    public void start() {
        Duration first = Duration.ofMillis(500 + time.random().nextInt(1000));
        time.schedule(first, () -> {
            beat();
            time.scheduleEvery(PERIOD, this::beat);
        });
    }

    Future<Void> beat() {
        return write().compose(this::removeOld)
                .onFailure(failure -> LOG.debugf("Heartbeat failed; reason=%s", failure));
    }

    /** Returns the time of the node, in milliseconds. */
    private Future<Long> write() {
        return nodeTime().compose(now -> {
            Beat beat = new Beat(id, now.millis(), -now.aheadMillis(), version, fingerprints.get(), load.get());
            return send(Command.HSET, id, beat.text())
                    .compose(done -> send(Command.PEXPIRE, KEY_TTL_MILLIS))
                    .map(now.millis());
        });
    }

    private Future<NodeTime> nodeTime() {
        long before = time.clock().millis();
        return router.send(key, Request.cmd(Command.TIME), router.deadline(TIMEOUT))
                .map(reply -> {
                    Response now = Objects.requireNonNull(reply.response());
                    long millis = now.get(0).toLong() * 1000 + now.get(1).toLong() / 1000;
                    return new NodeTime(millis, millis - (before + time.clock().millis()) / 2);
                });
    }

    private Future<Response> send(Command command, String... arguments) {
        Request request = Request.cmd(command).arg(key);
        for (String argument : arguments) {
            request.arg(argument);
        }
        return router.send(key, request, router.deadline(TIMEOUT))
                .map(reply -> Objects.requireNonNull(reply.response()));
    }

    private Future<Void> removeOld(long now) {
        return beats().compose(beats -> {
            List<Future<Response>> removals = beats.stream()
                    .filter(beat -> beat.isOld(now, MAX_AGE))
                    .map(beat -> send(Command.HDEL, beat.id()))
                    .toList();
            return Future.all(removals).mapEmpty();
        });
    }

    private Future<List<Beat>> beats() {
        return send(Command.HGETALL).map(reply -> {
            List<Beat> beats = new ArrayList<>();
            for (int i = 0; i + 1 < reply.size(); i += 2) {
                beats.add(Beat.parse(reply.get(i).toString(), reply.get(i + 1).toString()));
            }
            return beats;
        });
    }

    /** The instances that are running, with their clocks compared to that of this process, for doctor. */
    public Future<List<Instance>> instances() {
        return running().map(beats -> beats.stream()
                .map(beat -> new Instance(beat.id(), beat.version(), beat.clockAheadMillis(), beat.fingerprints()))
                .toList());
    }

    /** The last heartbeats of the running instances, with their clocks compared to that of this process. */
    public Future<List<Beat>> running() {
        return nodeTime().compose(now -> beats().map(beats -> beats.stream()
                .filter(beat -> !beat.isOld(now.millis(), MAX_AGE))
                .map(beat -> beat.withClockAhead(beat.clockAheadMillis() + now.aheadMillis()))
                .toList()));
    }
}
