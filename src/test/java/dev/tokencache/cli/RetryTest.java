package dev.tokencache.cli;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RetryTest {

    private final AtomicLong nanos = new AtomicLong();
    private final Retry retry = new Retry(Duration.ofSeconds(10), nanos::get, time -> nanos.addAndGet(time.toNanos()));

    @Test
    void shouldRepeatUntilThereIsAReply() {
        AtomicInteger asked = new AtomicInteger();
        String answer = retry.call(() -> {
            if (asked.incrementAndGet() < 5) {
                throw ExitCode.UNAVAILABLE.failure("made to fail by a test");
            }
            return "answer";
        });
        assertThat(answer).isEqualTo("answer");
        assertThat(asked).hasValue(5);
    }

    @Test
    void shouldGiveUpAfterALongSilence() {
        assertThatThrownBy(() -> retry.call(() -> {
                    throw ExitCode.UNAVAILABLE.failure("made to fail by a test");
                }))
                .isInstanceOf(ExitCode.Failure.class);
        assertThat(nanos.get())
                .isBetween(
                        Duration.ofSeconds(10).toNanos(), Duration.ofSeconds(12).toNanos());
    }

    @Test
    void shouldNotRepeatARefusedCall() {
        assertThatThrownBy(() -> retry.call(() -> {
                    throw ExitCode.DENIED.failure("made to fail by a test");
                }))
                .isInstanceOf(ExitCode.Failure.class);
        assertThat(nanos).hasValue(0);
    }
}
