package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One circuit breaker per failing master. After {@value #FAILURES} consecutive calls without a reply, further calls fail
 * immediately until a probe succeeds or the router sees the master reply again. Thread-safe.
 *
 * <p>A breaker exists only after a failure, so the check is almost free while all masters reply.
 */
public final class ShardBreakers {

    /** How many consecutive failures open a breaker. */
    private static final int FAILURES = 5;

    private final CircuitBreakerConfig config;
    private final Map<Endpoint, CircuitBreaker> breakers = new ConcurrentHashMap<>();

    /** @param delay how long a breaker stays open before it admits a probe */
    public ShardBreakers(Duration delay, Clock clock) {
        this.config = CircuitBreakerConfig.custom()
                .clock(clock)
                .slidingWindow(FAILURES, FAILURES, SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(100)
                .waitDurationInOpenState(delay)
                .permittedNumberOfCallsInHalfOpenState(1)
                .writableStackTraceEnabled(false)
                .build();
    }

    /** Whether a call to the master may start; if so, the caller must call {@link #replied} or {@link #failed} once. */
    public boolean admits(Endpoint master) {
        if (breakers.isEmpty()) {
            return true;
        }
        CircuitBreaker breaker = breakers.get(master);
        return breaker == null || breaker.tryAcquirePermission();
    }

    /** Records a call that ended with a reply, maybe an error reply. */
    public void replied(Endpoint master) {
        if (!breakers.isEmpty()) {
            CircuitBreaker breaker = breakers.get(master);
            if (breaker != null) {
                breaker.onSuccess(0, TimeUnit.NANOSECONDS);
            }
        }
    }

    /** Records a call that ended without a reply. */
    public void failed(Endpoint master, Throwable cause) {
        breakers.computeIfAbsent(master, created -> CircuitBreaker.of(created.toString(), config))
                .onError(0, TimeUnit.NANOSECONDS, cause);
    }

    public void recovered(Endpoint master) {
        if (!breakers.isEmpty()) {
            breakers.remove(master);
        }
    }

    /** Closes all breakers: the cluster is in order again. */
    public void recovered() {
        breakers.clear();
    }

    public void retain(Set<Endpoint> masters) {
        breakers.keySet().retainAll(masters);
    }

    /** Whether the breaker of a master is open or half-open. */
    boolean isOpen(Endpoint master) {
        CircuitBreaker breaker = breakers.get(master);
        return breaker != null && breaker.getState() != CircuitBreaker.State.CLOSED;
    }

    /** How many breakers are open or half-open. */
    public int openCount() {
        return (int) breakers.values().stream()
                .filter(breaker -> breaker.getState() != CircuitBreaker.State.CLOSED)
                .count();
    }
}
