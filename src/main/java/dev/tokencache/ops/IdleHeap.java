package dev.tokencache.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.ImageMode;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import org.graalvm.nativeimage.RuntimeOptions;

/**
 * Keeps the native executable small while nobody asks. Its collector runs when the young generation is full, which may be a tenth of
 * the machine's memory, and keeps what it frees: what a start leaves behind, and a quarter of a megabyte each second, would pile up to
 * that. A JVM is left alone.
 */
final class IdleHeap {

    private static final Duration PERIOD = Duration.ofSeconds(10);

    /** An option of the executable's collector: the most bytes that it keeps for what is to come. */
    private static final String MAX_HEAP_FREE = "MaxHeapFree";

    private static final long MAX_HEAP_FREE_WHEN_IDLE = 2 * 1024 * 1024;

    private IdleHeap() {}

    /** Before all others: by far the most of a start's garbage is from its configuration. */
    static void start(
            @Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 1) StartupEvent event,
            Vertx vertx,
            MeterRegistry registry) {
        if (ImageMode.current() == ImageMode.NATIVE_RUN && collect()) {
            IdleCollections collections =
                    new IdleCollections(() -> calls(registry), IdleHeap::collect, System::nanoTime);
            vertx.setPeriodic(PERIOD.toMillis(), fired -> collections.look());
        }
    }

    /** All that was asked for. It fails if nobody counts that, for then nobody could say what is idle. */
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
     * Gives back what is free. Not so the collections under load, which would ask the system for the same memory again.
     *
     * @return false if the executable was built with a collector that has no such option
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
