package dev.tokencache.journal;

import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FallbackTest {

    private final VirtualTime time = new VirtualTime();
    private final Fallback calls =
            new Fallback(new InMemoryJournal(time.clock()), CallLimits.of(Duration.ofSeconds(2)), time);
    private final List<Throwable> failures = new ArrayList<>();

    @Test
    void shouldFailACallWhoseJournalDoesNotReply() {
        failuresOf(calls.limitCall(Uni.createFrom().nothing()));

        time.advance(Duration.ofMillis(1_999));
        assertThat(failures).isEmpty();
        time.advance(Duration.ofMillis(1));

        assertThat(failures).singleElement().isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void shouldLeaveTheJournalTheTimeAfterTheStoreGaveUp() {
        failuresOf(calls.limitJournal(Uni.createFrom().nothing()));

        time.advance(Duration.ofMillis(499));
        assertThat(failures).isEmpty();
        time.advance(Duration.ofMillis(1));

        assertThat(failures).singleElement().isInstanceOf(StoreUnavailableException.class);
    }

    private void failuresOf(Uni<?> call) {
        call.subscribe().with(result -> {}, failures::add);
    }
}
