package dev.tokencache.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A network of named hosts. Each direction between two hosts has its own delay and can be cut. As in TCP, a message on a
 * connection is never lost alone: a cut delays it, and all that follow on that connection, until the cut heals or the
 * connection ends.
 */
final class SimulatedNetwork {

    private static final Duration MIN_DELAY = Duration.ofMillis(1);
    private static final long USUAL_JITTER_NANOS = Duration.ofMillis(1).toNanos();

    /** One message of this many is delayed by up to {@link #RARE_JITTER_NANOS}. */
    private static final int RARITY = 1000;

    /** One message of this many is held while the route is disturbed. */
    private static final int HELD = 50;

    private static final long RARE_JITTER_NANOS = Duration.ofMillis(80).toNanos();

    private final World world;
    private final Map<String, Route> routes = new HashMap<>();

    SimulatedNetwork(World world) {
        this.world = world;
    }

    private Route route(String from, String to) {
        String name = from + " -> " + to;
        return routes.computeIfAbsent(name, added -> new Route(world.random(name)));
    }

    /** Stops everything that one host sends to another; the other direction is not affected. */
    void cut(String from, String to) {
        world.log("network: cut " + from + " -> " + to);
        route(from, to).isCut = true;
    }

    void heal(String from, String to) {
        world.log("network: heal " + from + " -> " + to);
        Route route = route(from, to);
        route.isCut = false;
        Set<Pipe> blocked = new LinkedHashSet<>(route.blocked);
        route.blocked.clear();
        blocked.forEach(Pipe::deliver);
    }

    boolean isCut(String from, String to) {
        return route(from, to).isCut;
    }

    /** Holds the next message between two hosts, and those behind it on its connection; other connections overtake it. */
    void holdNext(String from, String to, Duration hold) {
        world.log("network: hold the next message " + from + " -> " + to + " for " + hold.toMillis() + " ms");
        route(from, to).nextHold = hold;
    }

    /** Holds one message of {@link #HELD} between two hosts for up to a time; zero ends that. */
    void disturb(String from, String to, Duration maxHold) {
        world.log("network: hold some messages " + from + " -> " + to + " for up to " + maxHold.toMillis() + " ms");
        route(from, to).maxHold = maxHold;
    }

    /** Opens one direction of a connection. */
    Pipe pipe(String from, String to) {
        return new Pipe(route(from, to));
    }

    private static final class Route {
        private final RandomGenerator random;
        private final Set<Pipe> blocked = new LinkedHashSet<>();
        private boolean isCut;
        private Duration nextHold = Duration.ZERO;
        private Duration maxHold = Duration.ZERO;

        Route(RandomGenerator random) {
            this.random = random;
        }

        long delayNanos() {
            long hold = nextHold.toNanos();
            nextHold = Duration.ZERO;
            if (!maxHold.isZero() && random.nextInt(HELD) == 0) {
                hold += random.nextLong(maxHold.toNanos());
            }
            long jitter = random.nextInt(RARITY) == 0 ? RARE_JITTER_NANOS : USUAL_JITTER_NANOS;
            return MIN_DELAY.toNanos() + hold + random.nextLong(jitter);
        }
    }

    /** One direction of a connection: its messages arrive in the order in which they were sent. */
    final class Pipe {

        private record Message(long atNanos, Runnable arrival) {}

        private final Route route;
        private final Queue<Message> underway = new ArrayDeque<>();
        private long lastNanos;
        private boolean isClosed;

        private Pipe(Route route) {
            this.route = route;
        }

        void send(Runnable arrival) {
            if (isClosed) {
                return;
            }
            long now = world.time().nanoTime();
            lastNanos = Math.max(lastNanos, now + route.delayNanos());
            underway.add(new Message(lastNanos, arrival));
            world.time().schedule(Duration.ofNanos(lastNanos - now), this::deliver);
        }

        private void deliver() {
            long now = world.time().nanoTime();
            while (!underway.isEmpty() && underway.peek().atNanos <= now) {
                if (route.isCut) {
                    route.blocked.add(this);
                    return;
                }
                underway.remove().arrival.run();
            }
        }

        /** Loses what is underway. */
        void close() {
            isClosed = true;
            underway.clear();
        }
    }
}
