package dev.tokencache.simulation;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Checks that the connections, the requests in flight and the retries of each instance are bounded, also during faults. */
final class Bounds {

    private static final Duration WINDOW = Duration.ofSeconds(10);

    /** For commands, replica reads, writes that wait for replicas, and scans; as many may be about to be closed. */
    private static final int MAX_CONNECTIONS_PER_NODE = 8;

    private static final int MAX_CONNECTIONS_WITHOUT_FAULTS = 4;

    /** Four connections, each with a pause of at least 250 ms between two attempts once the backoff is at its maximum. */
    private static final int MAX_ATTEMPTS_PER_NODE = 4 * 50;

    /** Of the calls of two seconds and the polls, at the rate of {@link Clients}. */
    private static final int MAX_UNANSWERED = 1000;

    /** A call lasts for up to three deadlines of two seconds, with pauses of up to 160 ms on average between two retries. */
    private static final int MAX_REQUESTS_PER_CALL = 60;

    private final World world;
    private final Oracle oracle;
    private final Supplier<List<SimulatedService>> services;
    private final Clients clients;
    private long callsBefore;

    Bounds(World world, Oracle oracle, Supplier<List<SimulatedService>> services, Clients clients) {
        this.world = world;
        this.oracle = oracle;
        this.services = services;
        this.clients = clients;
    }

    void start() {
        world.time().scheduleEvery(WINDOW, this::check);
    }

    private void check() {
        long now = clients.calls();
        long started = now - callsBefore;
        callsBefore = now;
        services.get().forEach(service -> check(service.process(), started));
    }

    private void check(SimulatedProcess process, long started) {
        Traffic traffic = process.traffic();
        int max = clients.isFullServiceExpected() ? MAX_CONNECTIONS_WITHOUT_FAULTS : MAX_CONNECTIONS_PER_NODE;
        traffic.connections().forEach((node, open) -> {
            if (open > max) {
                oracle.violated(process.name() + " has " + open + " connections to " + node);
            }
        });
        traffic.takeAttempts().forEach((node, attempts) -> {
            if (attempts > MAX_ATTEMPTS_PER_NODE) {
                oracle.violated(process.name() + " tried " + attempts + " times to connect to " + node);
            }
        });
        if (traffic.unanswered() > MAX_UNANSWERED) {
            oracle.violated(process.name() + " has " + traffic.unanswered() + " requests without a reply");
        }
        long requests = traffic.takeRequests();
        if (requests > MAX_REQUESTS_PER_CALL * (started + 1)) {
            oracle.violated(process.name() + " sent " + requests + " requests for " + started + " calls");
        }
    }
}
