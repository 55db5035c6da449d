package dev.tokencache.faults;

import dev.tokencache.faults.Answer.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is claimed of a fault, each claim a test of its own. A time may be longer by what the machine itself stood still.
 */
final class Claims {

    /** {@code tokencache.redis.timeout} of the services under test. */
    private static final Duration CALL_LIMIT = Duration.ofSeconds(2);

    /** For HTTP, on both sides, and the service's timers. */
    private static final Duration ALLOWANCE = Duration.ofMillis(500);

    /** Far under {@code tokencache.breaker.delay}: the cluster says when it is well. */
    private static final Duration REPAIR = Duration.ofSeconds(5);

    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(1);

    private final FaultReport report;
    private final List<DynamicTest> tests = new ArrayList<>();

    private Claims(FaultReport report) {
        this.report = report;
    }

    /** What holds for every fault. */
    static Claims of(FaultReport report) {
        return new Claims(report).always();
    }

    private Claims always() {
        return and("logs nobody out", () -> assertThat(report.falselyInactive())
                        .as(about("live tokens called inactive"))
                        .isZero())
                .and("answers every call", () -> assertThat(report.failed())
                        .as(about("calls without a proper answer"))
                        .isZero())
                .and("ends every call in time", () -> assertThat(report.longestCallBesideStalls())
                        .as(about("longest call"))
                        .isLessThanOrEqualTo(CALL_LIMIT.plus(ALLOWANCE)))
                .and("lets the other shards answer", () -> assertThat(report.unknownElsewhere())
                        .as(about("unknown answers elsewhere"))
                        .isZero())
                .and("does not silence the other shards", () -> assertThat(report.longestSilenceElsewhere())
                        .as(about("longest time without a good answer elsewhere"))
                        .isLessThanOrEqualTo(LONGEST_SILENCE.plus(report.longestStall())));
    }

    /** Reports name a dynamic test by its number, so the message says what it was about. */
    private String about(String measure) {
        return report.name() + ": " + measure;
    }

    Claims and(String claim, Executable check) {
        tests.add(DynamicTest.dynamicTest(report.name() + ": " + claim, check));
        return this;
    }

    Claims fullServiceAfterwards() {
        return and("is over without a restart", () -> assertThat(report.isServedAfter())
                .as(about("full service at the end"))
                .isTrue());
    }

    Claims readsUnknownForAtMost(Duration limit) {
        return and("leaves reads unknown for at most " + limit.toMillis() + " ms", () -> assertThat(
                        report.unknownAfterFault(Kind.READ))
                .as(about("from the fault to the last unknown read"))
                .isLessThanOrEqualTo(limit.plus(report.longestStall())));
    }

    /** @param limit after the cluster itself served again */
    Claims knownAfterRecovery(Kind kind, Duration limit) {
        return and(
                "leaves no " + kind + " unknown " + limit.toMillis() + " ms after the cluster serves again",
                () -> assertThat(report.unknownAfterRecovery(kind))
                        .as(about("from the cluster's recovery to the last unknown " + kind))
                        .isLessThanOrEqualTo(limit.plus(report.longestStall())));
    }

    /** Both reads and writes, before the circuit breaker would have looked by itself. */
    Claims noticesTheRepair() {
        return knownAfterRecovery(Kind.READ, REPAIR).knownAfterRecovery(Kind.WRITE, REPAIR);
    }

    Claims nothingLost() {
        return and("loses nothing that it acknowledged", () -> {
            assertThat(report.acknowledged()).as(about("acknowledged writes")).isPositive();
            assertThat(report.lost()).as(about("of which lost")).isZero();
        });
    }

    Stream<DynamicTest> tests() {
        return tests.stream();
    }
}
