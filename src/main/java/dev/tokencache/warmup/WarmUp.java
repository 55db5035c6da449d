package dev.tokencache.warmup;

import dev.tokencache.redis.Time;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenString;
import io.quarkus.runtime.ImageMode;
import io.smallrye.mutiny.TimeoutException;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.jboss.logging.Logger;

/**
 * Delays readiness until the JVM has compiled what a validation executes: without this, the first second after a start is some
 * ten times slower than later ones. Requests of others are answered meanwhile, as without a warm-up. Thread-safe.
 */
final class WarmUp implements HealthCheck {

    private static final Logger LOG = Logger.getLogger(WarmUp.class);

    /** Each event loop must have some, on machines of up to 16 cores. Not a divisor of the requests: all come over each connection. */
    private static final int CONNECTIONS = 63;

    private static final int POLL_MILLIS = 50;

    private final Duration max;
    private final String cookie;
    private final Rehearsal rehearsal;
    private final Time time;
    private final long createdNanos;
    private volatile boolean isOver;
    private volatile boolean isCancelled;

    /**
     * @param max how long readiness may be delayed; zero: there is no warm-up
     * @param cookie the name of the cookie of forward-auth
     */
    WarmUp(Duration max, String cookie, Rehearsal rehearsal, Time time) {
        this.max = max;
        this.cookie = cookie;
        this.rehearsal = rehearsal;
        this.time = time;
        this.createdNanos = time.nanoTime();
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("warm-up")
                .status(isOver || elapsed().compareTo(max) >= 0)
                .build();
    }

    private Duration elapsed() {
        return Duration.ofNanos(time.nanoTime() - createdNanos);
    }

    /** Warms up on a thread of its own. Does nothing if the warm-up is off, or if there is no compiler. */
    void start(OwnPort port) {
        CompilationMXBean compilers =
                ImageMode.current() == ImageMode.NATIVE_RUN ? null : ManagementFactory.getCompilationMXBean();
        if (max.isZero() || compilers == null || !compilers.isCompilationTimeMonitoringSupported()) {
            isOver = true;
            return;
        }
        Thread thread = new Thread(() -> run(port, compilers::getTotalCompilationTime), "warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends the warm-up early. */
    void cancel() {
        isCancelled = true;
    }

    private boolean mayGoOn() {
        return !isCancelled && elapsed().compareTo(max) < 0;
    }

    private void run(OwnPort port, LongSupplier compiledMillis) {
        try (rehearsal) {
            Optional<List<TokenString>> tokens = begin();
            if (tokens.isEmpty()) {
                LOG.warn("Not warmed up, because Redis is not reachable: the first requests will be slow");
                return;
            }
            List<byte[]> requests = new WarmUpRequests(cookie, rehearsal.credentials()).of(tokens.get());
            long answered = send(port, requests, compiledMillis);
            LOG.infof("Warmed up in %d ms by %d requests", elapsed().toMillis(), answered);
        } catch (IOException | RuntimeException e) {
            LOG.warnf("The warm-up failed, so the first requests will be slow: %s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            isOver = true;
        }
    }

    /** Creates the tokens. Empty if Redis is not reachable in half of the time: the service has just started to connect. */
    private Optional<List<TokenString>> begin() throws InterruptedException {
        Duration limit = max.dividedBy(2);
        while (!isCancelled && elapsed().compareTo(limit) < 0) {
            try {
                return Optional.of(rehearsal.begin(limit.minus(elapsed())));
            } catch (StoreUnavailableException | TimeoutException e) {
                Thread.sleep(POLL_MILLIS);
            }
        }
        return Optional.empty();
    }

    /** Sends requests for half of the time, so that the compilers get on, until these rest. Returns the number of responses. */
    private long send(OwnPort port, List<byte[]> requests, LongSupplier compiledMillis) throws IOException {
        CompilerActivity compilers = new CompilerActivity(time.nanoTime(), compiledMillis.getAsLong());
        long answered = 0;
        try (LoopbackTraffic traffic = new LoopbackTraffic(port, requests, CONNECTIONS, time::nanoTime)) {
            while (mayGoOn() && !compilers.isWarm(time.nanoTime(), compiledMillis.getAsLong(), answered)) {
                long start = time.nanoTime();
                answered += traffic.round();
                LockSupport.parkNanos(time.nanoTime() - start);
            }
        }
        return answered;
    }
}
