package dev.tokencache.redis;

import dev.tokencache.testing.VirtualTime;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FuturesTest {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final VirtualTime time = new VirtualTime();
    private final List<String> results = new ArrayList<>();

    @Test
    void shouldEndACallThatTakesTooLongAndCancelIt() {
        AtomicBoolean isCancelled = new AtomicBoolean();
        start(Uni.createFrom().<String>nothing().onCancellation().invoke(() -> isCancelled.set(true)));

        time.advance(LIMIT.minusMillis(1));
        assertThat(results).isEmpty();
        time.advance(Duration.ofMillis(1));

        assertThat(results).containsExactly("late");
        assertThat(isCancelled).isTrue();
    }

    @Test
    void shouldReturnTheResultOfACallThatEndsInTime() {
        start(Uni.createFrom().item("in time"));
        start(Uni.createFrom().failure(new IllegalStateException("failed in time")));

        time.advance(LIMIT.multipliedBy(2));

        assertThat(results).containsExactly("in time", "failed in time");
    }

    private void start(Uni<String> call) {
        Futures.within(LIMIT, time, call, late -> late.complete("late"))
                .subscribe()
                .with(results::add, failure -> results.add(failure.getMessage()));
    }
}
