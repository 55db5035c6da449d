package dev.tokencache.migration.store;

import dev.tokencache.migration.MigrationPhase;
import dev.tokencache.testing.VirtualTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StateLoopTest {

    private final VirtualTime time = new VirtualTime(Instant.ofEpochSecond(1_800_000_000), 1);
    private final Clock clock = time.clock();
    private final InMemoryLedger states = new InMemoryLedger(clock);
    private final EvidenceCollector evidence = new EvidenceCollector();
    private final KnownState known = new KnownState(time, state -> evidence.enter(state.window()));
    private Set<String> masters = Set.of("a", "b");
    private final StateLoop loop = new StateLoop(states, known, evidence, () -> masters, time);

    private void round() {
        loop.once().onFailure().recoverWithNull().await().indefinitely();
    }

    @Test
    void shouldPublishAMiss() {
        round();
        long version = states.state().version();
        evidence.missed();

        round();
        time.advance(Duration.ofSeconds(1));
        round();

        assertThat(states.state().version()).isEqualTo(version + 1);
        assertThat(states.state().mirroredSinceMillis()).hasValue(clock.millis() - 1000);
        assertThat(known.state()).contains(states.state());
    }

    @Test
    void shouldPublishAFailover() {
        round();
        long version = states.state().version();
        masters = Set.of("a", "replica of b");

        round();
        time.advance(Duration.ofSeconds(1));
        round();

        assertThat(states.state().version()).isEqualTo(version + 1);
        assertThat(states.state().mirroredSinceMillis()).hasValue(clock.millis() - 1000);
    }

    @Test
    void shouldPublishTheFailoverOfTheMasterWithTheState() {
        round();
        states.down(true);
        masters = Set.of();
        round();
        masters = Set.of("a", "replica of b");
        round();
        states.down(false);

        round();

        assertThat(states.state().mirroredSinceMillis()).hasValue(clock.millis());
    }

    @Test
    void shouldIgnoreAddedMasters() {
        masters = Set.of();
        round();
        masters = Set.of("a", "b");
        round();
        masters = Set.of("a", "b", "c");
        long version = states.state().version();

        round();

        assertThat(states.state().version()).isEqualTo(version);
    }

    @Test
    void shouldPublishAMissOnceTheClusterIsReachable() {
        evidence.missed();
        states.down(true);
        round();
        states.down(false);
        time.advance(Duration.ofSeconds(1));

        round();

        assertThat(states.state().mirroredSinceMillis()).hasValue(clock.millis());
    }

    @Test
    void shouldNotPublishAMissWhenMirroringStartsAgainLater() {
        states.phase(MigrationPhase.LEGACY);
        evidence.missed();
        long version = states.state().version();

        round();
        states.phase(MigrationPhase.mirror(10));
        round();

        assertThat(states.state().version()).isEqualTo(version + 1);
        assertThat(states.state().mirroredSinceMillis()).isEqualTo(OptionalLong.of(clock.millis()));
    }

    @Test
    void shouldReadTheStateTwiceASecond() {
        loop.start();
        states.phase(MigrationPhase.ramp(1, 10));

        time.advance(Duration.ofMillis(499));
        assertThat(known.state()).isNotEqualTo(Optional.of(states.state()));
        time.advance(Duration.ofMillis(1));

        assertThat(known.state()).contains(states.state());
        assertThat(known.ageNanos()).isZero();
        time.advance(Duration.ofMillis(200));
        assertThat(known.ageNanos()).isEqualTo(Duration.ofMillis(200).toNanos());
    }
}
