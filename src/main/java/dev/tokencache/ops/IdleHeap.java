package dev.tokencache.ops;

import dev.tokencache.redis.Time;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.ImageMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import org.graalvm.nativeimage.RuntimeOptions;

/**
 * Keeps the memory of an idle native executable small.
 *
 * <p>Its collector runs only when the young generation is full, which can take a tenth of the machine's memory, and does not
 * return freed memory. The garbage of the start and a quarter of a megabyte a second would accumulate. Does nothing in a JVM.
 */
final class IdleHeap {

    private static final Duration PERIOD = Duration.ofSeconds(10);

    /** An option of the native collector: the free memory that it retains, in bytes. */
    private static final String MAX_HEAP_FREE = "MaxHeapFree";

    private static final long MAX_HEAP_FREE_WHEN_IDLE = 2 * 1024 * 1024;

    private IdleHeap() {}

    /** Runs before the other observers: most garbage of a start comes from reading the configuration. */
    static void start(
            @Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 1) StartupEvent event,
            Time time,
            MeterRegistry registry) {
        if (ImageMode.current() == ImageMode.NATIVE_RUN && collect()) {
            IdleCollections collections = new IdleCollections(() -> calls(registry), IdleHeap::collect, time::nanoTime);
            time.scheduleEvery(PERIOD, collections::check);
        }
    }

    /** The number of calls so far. Fails if the metrics are missing, since idleness could not be detected. */
    private static double calls(MeterRegistry registry) {
        double verdicts = registry.get("tokencache.validations").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
        return verdicts
                + registry.get("tokencache.store").timers().stream()
                        .mapToLong(Timer::count)
                        .sum();
    }

    /**
     * Collects garbage and returns free memory to the system; collections under load retain it, since they need it
     * again. Returns false if the executable's collector does not have the option.
     */
    private static boolean collect() {
        try {
            Long underLoad = RuntimeOptions.get(MAX_HEAP_FREE);
            RuntimeOptions.set(MAX_HEAP_FREE, MAX_HEAP_FREE_WHEN_IDLE);
            System.gc();
            RuntimeOptions.set(MAX_HEAP_FREE, underLoad);
            return true;
        } catch (RuntimeException noSuchOption) {
            return false;
        }
    }
}
