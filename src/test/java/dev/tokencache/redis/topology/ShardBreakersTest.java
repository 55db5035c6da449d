package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouteException;
import java.time.Duration;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ShardBreakersTest {

    private static final Endpoint SICK = new Endpoint("10.0.0.1", 7000);
    private static final Endpoint WELL = new Endpoint("10.0.0.2", 7000);
    private static final RouteException NO_ANSWER = new RouteException("no answer");

    private final ShardBreakers breakers = new ShardBreakers(Duration.ofMinutes(1));

    @Test
    void shouldStopAskingAMasterThatFailedAgainAndAgainAndNoOther() {
        fail(SICK, 4);
        assertThat(breakers.admits(SICK)).isTrue();
        fail(SICK, 1);

        assertThat(breakers.admits(SICK)).isFalse();
        assertThat(breakers.admits(WELL)).isTrue();
        assertThat(breakers.open()).isEqualTo(1);
    }

    @Test
    void shouldNotCountFailuresWithAnswersBetween() {
        for (int i = 0; i < 20; i++) {
            fail(SICK, 4);
            breakers.answered(SICK);
        }

        assertThat(breakers.admits(SICK)).isTrue();
        assertThat(breakers.open()).isZero();
    }

    @Test
    void shouldAskAgainAtOnceWhenTheMasterIsServedAgain() {
        fail(SICK, 5);

        breakers.recovered(SICK);

        assertThat(breakers.admits(SICK)).isTrue();
        assertThat(breakers.open()).isZero();
    }

    @Test
    void shouldAskAgainAtOnceWhenTheClusterIsInOrderAgain() {
        fail(SICK, 5);

        breakers.recovered();

        assertThat(breakers.admits(SICK)).isTrue();
    }

    @Test
    void shouldForgetWhoIsNoMasterAnyMore() {
        fail(SICK, 5);
        fail(WELL, 5);

        breakers.retain(Set.of(WELL));

        assertThat(breakers.open()).isEqualTo(1);
        assertThat(breakers.admits(WELL)).isFalse();
    }

    @Test
    void shouldProbeWithOneCallAfterItsDelay() {
        ShardBreakers quick = new ShardBreakers(Duration.ofMillis(20));
        for (int i = 0; i < 5; i++) {
            quick.failed(SICK, NO_ANSWER);
        }

        Awaitility.await().until(() -> quick.admits(SICK));
        assertThat(quick.admits(SICK)).as("a second probe").isFalse();
        quick.answered(SICK);

        assertThat(quick.admits(SICK)).isTrue();
        assertThat(quick.open()).isZero();
    }

    private void fail(Endpoint master, int times) {
        for (int i = 0; i < times; i++) {
            breakers.failed(master, NO_ANSWER);
        }
    }
}
