package dev.tokencache.caller;

import dev.tokencache.caller.RefusedCallers.Reason;
import dev.tokencache.caller.RefusedCallers.Refusal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RefusedCallersTest {

    private static final Refusal WRONG_SECRET = new Refusal(Reason.WRONG_SECRET, "login");
    private static final Refusal UNKNOWN = new Refusal(Reason.UNKNOWN_CALLER, null);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    /** Near the overflow, as {@link System#nanoTime} may be. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);

    private final RefusedCallers refused = new RefusedCallers(registry, nanos::get);
    private final Logger logger = Logger.getLogger(RefusedCallers.class.getName());
    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            Object[] arguments = line.getParameters();
            lines.add(arguments == null ? line.getMessage() : String.format(line.getMessage(), arguments));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void stopListening() {
        logger.removeHandler(handler);
    }

    private double count(String reason) {
        return registry.get("tokencache.refused.callers")
                .tag("reason", reason)
                .counter()
                .count();
    }

    @Test
    void shouldCountByReason() {
        refused.refused(WRONG_SECRET);
        refused.refused(WRONG_SECRET);
        refused.refused(new Refusal(Reason.MISSING_ROLE, "login"));

        assertThat(count("wrong_secret")).isEqualTo(2);
        assertThat(count("missing_role")).isEqualTo(1);
        assertThat(count("unknown_caller")).isZero();
        assertThat(count("no_credentials")).isZero();
    }

    /** Anyone can send such ids: they must fill neither the log nor memory, and must not get into a line. */
    @Test
    void shouldLogOneLineForAllUnknownIds() {
        Callers callers = Callers.from(() -> Map.of("login", new CallersConfig.Entry() {
            @Override
            public Optional<String> secretSha256() {
                return Optional.of("00".repeat(32));
            }

            @Override
            public Optional<List<String>> roles() {
                return Optional.of(List.of("issue"));
            }
        }));
        for (int i = 0; i < 10_000; i++) {
            refused.refused(callers.refusal("evil-" + i + "\r\nCaller refused", "x"));
        }

        assertThat(lines).singleElement().asString().contains("caller=-").doesNotContain("evil");
        assertThat(count("unknown_caller")).isEqualTo(10_000);
    }

    @Test
    void shouldLogOncePerMinuteCallerAndReason() {
        for (int i = 0; i < 1000; i++) {
            refused.refused(WRONG_SECRET);
            refused.refused(UNKNOWN);
        }
        refused.refused(new Refusal(Reason.WRONG_SECRET, "other"));
        assertThat(lines).hasSize(3);

        nanos.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
        refused.refused(WRONG_SECRET);
        assertThat(lines).hasSize(3);
        nanos.addAndGet(1);
        refused.refused(WRONG_SECRET);

        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).contains("wrong secret", "caller=login", "requests=1;");
        assertThat(lines.get(1)).contains("unknown caller", "caller=-");
        assertThat(lines.get(3)).contains("caller=login", "requests=1001;");
    }
}
