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
 * The assertions about one fault, each a dynamic test. Time limits are extended by the time that the machine itself
 * was stalled.
 */
final class Claims {

    /** {@code tokencache.redis.timeout} of the services under test. */
    private static final Duration CALL_LIMIT = Duration.ofSeconds(2);

    /**
     * Allows for HTTP on both sides, and for a busy machine: every call of the shard that was lost ends at about the same
     * moment. Unit tests on virtual time assert the exact limit.
     */
    private static final Duration ALLOWANCE = Duration.ofSeconds(1);

    /** Far below {@code tokencache.breaker.delay}: the service detects the recovery before the breaker's next probe. */
    private static final Duration REPAIR = Duration.ofSeconds(5);

    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(1);

    private final FaultReport report;
    private final List<DynamicTest> tests = new ArrayList<>();

    private Claims(FaultReport report) {
        this.report = report;
    }

    /** Starts with the assertions that hold for every fault. */
    static Claims of(FaultReport report) {
        return new Claims(report).always();
    }

    private Claims always() {
        return and("reports no live token as inactive", () -> assertThat(report.falselyInactive())
                        .as(about("live tokens reported as inactive"))
                        .isZero())
                .and("answers every call", () -> assertThat(report.failed())
                        .as(about("calls without a valid response"))
                        .isZero())
                .and("ends every call in time", () -> assertThat(report.longestCallWithoutStalls())
                        .as(about("longest call"))
                        .isLessThanOrEqualTo(CALL_LIMIT.plus(ALLOWANCE)))
                .and("keeps the other shards available", () -> assertThat(report.unknownElsewhere())
                        .as(about("unknown answers of other shards"))
                        .isZero())
                .and("causes no long gap on the other shards", () -> assertThat(report.longestSilenceElsewhere())
                        .as(about("longest time without a served call on another shard"))
                        .isLessThanOrEqualTo(LONGEST_SILENCE.plus(report.longestStall())));
    }

    /** Test reports show only the number of a dynamic test, so the message names the fault and the measure. */
    private String about(String measure) {
        return report.name() + ": " + measure;
    }

    Claims and(String claim, Executable check) {
        tests.add(DynamicTest.dynamicTest(report.name() + ": " + claim, check));
        return this;
    }

    Claims fullServiceAfterwards() {
        return and("returns to full service without a restart", () -> assertThat(report.isServedAfter())
                .as(about("full service at the end"))
                .isTrue());
    }

    Claims readsUnknownForAtMost(Duration limit) {
        return and("leaves reads unknown for at most " + limit.toMillis() + " ms", () -> assertThat(
                        report.unknownAfterFault(Kind.READ))
                .as(about("from the fault to the last unknown read"))
                .isLessThanOrEqualTo(limit.plus(report.longestStall())));
    }

    /** @param limit how long after the recovery of the cluster unknown answers are accepted */
    Claims knownAfterRecovery(Kind kind, Duration limit) {
        return and(
                "leaves no " + kind + " unknown " + limit.toMillis() + " ms after the cluster serves again",
                () -> assertThat(report.unknownAfterRecovery(kind))
                        .as(about("from the cluster's recovery to the last unknown " + kind))
                        .isLessThanOrEqualTo(limit.plus(report.longestStall())));
    }

    /** Both reads and writes recover before the circuit breaker's next probe would be due. */
    Claims noticesTheRepair() {
        return knownAfterRecovery(Kind.READ, REPAIR).knownAfterRecovery(Kind.WRITE, REPAIR);
    }

    Claims nothingLost() {
        return and("loses no acknowledged write", () -> {
            assertThat(report.acknowledged()).as(about("acknowledged writes")).isPositive();
            assertThat(report.lost()).as(about("acknowledged and lost")).isZero();
        });
    }

    Stream<DynamicTest> tests() {
        return tests.stream();
    }
}
