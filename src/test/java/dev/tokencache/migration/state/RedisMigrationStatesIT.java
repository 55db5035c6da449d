package dev.tokencache.migration.state;

import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.BackfillProgress.Counts;
import dev.tokencache.migration.BackfillProgress.Status;
import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.MigrationPhase;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.MigrationStates.BackfillLease;
import dev.tokencache.migration.MigrationStates.Shared;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RouterFixture;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RedisMigrationStatesIT {

    private static RouterFixture redis;

    private final RedisMigrationStates states =
            new RedisMigrationStates(redis.router(), "tc" + UUID.randomUUID() + ":", Duration.ofSeconds(5));
    private final MigrationState mirror =
            MigrationState.INITIAL.to(MigrationPhase.mirror(25), "operator", 1_800_000_000_000L);

    @BeforeAll
    static void connect() {
        redis = RouterFixture.of(RedisClusterResource.cluster());
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(Duration.ofSeconds(10));
    }

    @Test
    void shouldReturnTheInitialStateAtFirst() {
        Shared shared = await(states.read());

        assertThat(shared.state()).isEqualTo(MigrationState.INITIAL);
        assertThat(shared.evidence().isNone()).isTrue();
        assertThat(shared.backfill()).isEqualTo(BackfillProgress.NONE);
    }

    @Test
    void shouldStoreAState() {
        assertThat(await(states.compareAndSet(mirror))).isTrue();

        assertThat(await(states.read()).state()).isEqualTo(mirror);
    }

    @Test
    void shouldRejectTheSecondOfTwoConcurrentChanges() {
        await(states.compareAndSet(mirror));

        assertThat(await(states.compareAndSet(
                        MigrationState.INITIAL.to(MigrationPhase.mirror(1), "other", 1_800_000_000_001L))))
                .isFalse();

        assertThat(await(states.read()).state()).isEqualTo(mirror);
    }

    @Test
    void shouldSumTheEvidenceAndCountEachAdditionOnce() {
        await(states.compareAndSet(mirror));
        Evidence seen = new Evidence(10, Map.of(Mismatch.OTHER_EXPIRY, 2L), Map.of(Side.LEGACY, 1L));

        await(states.add(mirror.window(), "one", 1, seen));
        await(states.add(mirror.window(), "one", 1, seen));
        await(states.add(mirror.window(), "two", 1, seen));
        await(states.add(mirror.window() - 1, "one", 2, seen));

        Evidence all = await(states.read()).evidence();
        assertThat(all.comparisons()).isEqualTo(20);
        assertThat(all.mismatches(Mismatch.OTHER_EXPIRY)).isEqualTo(4);
        assertThat(all.errors(Side.LEGACY)).isEqualTo(2);
    }

    @Test
    void shouldResetTheEvidenceOnAChange() {
        await(states.compareAndSet(mirror));
        await(states.add(mirror.window(), "one", 1, new Evidence(10, Map.of(), Map.of())));

        MigrationState ramp = mirror.to(MigrationPhase.ramp(1, 25), "operator", 1_800_000_000_002L);
        await(states.compareAndSet(ramp));

        assertThat(await(states.read()).evidence().comparisons()).isZero();
    }

    @Test
    void shouldGrantTheLeaseToOneRunnerWithAHigherTokenEachTime() {
        BackfillLease first =
                await(states.acquire("one", Duration.ofSeconds(3))).orElseThrow();

        assertThat(await(states.acquire("two", Duration.ofSeconds(5)))).isEmpty();
        assertThat(await(states.acquire("one", Duration.ofSeconds(3)))).contains(first);

        BackfillLease second = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> await(states.acquire("two", Duration.ofSeconds(5))), java.util.Optional::isPresent)
                .orElseThrow();
        assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
    }

    @Test
    void shouldSaveProgressOnlyUnderTheLease() {
        BackfillProgress running = new BackfillProgress(
                Status.RUNNING, 1, 1_800_000_000_000L, OptionalLong.empty(), 500, Counts.NONE, Map.of(), 0);
        BackfillProgress further = new BackfillProgress(
                Status.RUNNING,
                1,
                1_800_000_000_000L,
                OptionalLong.empty(),
                500,
                new Counts(10, 5, 3, 1, 1),
                Map.of("master", "42"),
                100);
        BackfillLease lease =
                await(states.acquire("one", Duration.ofSeconds(5))).orElseThrow();

        assertThat(await(states.request(BackfillProgress.NONE, running))).isTrue();
        assertThat(await(states.request(BackfillProgress.NONE, running))).isFalse();
        assertThat(await(states.advance(lease, further))).isTrue();
        assertThat(await(states.read()).backfill()).isEqualTo(further);

        assertThat(await(states.advance(new BackfillLease(lease.fencingToken() - 1), running)))
                .isFalse();
        BackfillProgress paused = new BackfillProgress(
                Status.PAUSED,
                1,
                1_800_000_000_000L,
                OptionalLong.empty(),
                500,
                further.counts(),
                further.cursors(),
                100);
        assertThat(await(states.request(further, paused))).isTrue();
        assertThat(await(states.advance(lease, further))).isFalse();
        assertThat(await(states.read()).backfill()).isEqualTo(paused);
    }
}
