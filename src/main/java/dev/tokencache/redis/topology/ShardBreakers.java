package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A circuit breaker for each master that gives trouble: after some calls in a row that ended without an answer, further
 * ones fail at once, until a probe succeeds or the router sees the master served again.
 *
 * <p>While no master gives trouble there is no breaker, and asking costs next to nothing. Thread-safe.
 */
public final class ShardBreakers {

    /** So many calls in a row must fail. */
    private static final int FAILURES = 5;

    private final CircuitBreakerConfig config;
    private final Map<Endpoint, CircuitBreaker> breakers = new ConcurrentHashMap<>();

    /** @param delay how long a breaker stays open before it lets a call probe */
    public ShardBreakers(Duration delay) {
        this.config = CircuitBreakerConfig.custom()
                .slidingWindow(FAILURES, FAILURES, SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(100)
                .waitDurationInOpenState(delay)
                .permittedNumberOfCallsInHalfOpenState(1)
                .writableStackTraceEnabled(false)
                .build();
    }

    /** Whether a call may ask a master; if so, its end must be told to {@link #answered} or {@link #failed}. */
    public boolean admits(Endpoint master) {
        if (breakers.isEmpty()) {
            return true;
        }
        CircuitBreaker breaker = breakers.get(master);
        return breaker == null || breaker.tryAcquirePermission();
    }

    public void answered(Endpoint master) {
        if (!breakers.isEmpty()) {
            CircuitBreaker breaker = breakers.get(master);
            if (breaker != null) {
                breaker.onSuccess(0, TimeUnit.NANOSECONDS);
            }
        }
    }

    public void failed(Endpoint master, Throwable cause) {
        breakers.computeIfAbsent(master, created -> CircuitBreaker.of(created.toString(), config))
                .onError(0, TimeUnit.NANOSECONDS, cause);
    }

    /** The master can be asked again. */
    public void recovered(Endpoint master) {
        if (!breakers.isEmpty()) {
            breakers.remove(master);
        }
    }

    /** All of the cluster can be asked again. */
    public void recovered() {
        breakers.clear();
    }

    /** Forgets those that are no masters any more. */
    public void retain(Set<Endpoint> masters) {
        breakers.keySet().retainAll(masters);
    }

    /** How many masters are not asked at the moment. */
    public int open() {
        return (int) breakers.values().stream()
                .filter(breaker -> breaker.getState() != CircuitBreaker.State.CLOSED)
                .count();
    }
}
