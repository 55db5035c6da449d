package dev.tokencache.redis.topology;

import dev.tokencache.redis.HashSlot;
import dev.tokencache.redis.RecordedEvents;
import dev.tokencache.redis.RouteException;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

import static dev.tokencache.redis.topology.FakeCluster.MASTER;
import static dev.tokencache.redis.topology.FakeCluster.OTHER_MASTER;
import static dev.tokencache.redis.topology.FakeCluster.REPLICA;
import static dev.tokencache.redis.topology.FakeCluster.SLOT_OF_MASTER;
import static dev.tokencache.redis.topology.FakeCluster.SLOT_OF_OTHER_MASTER;
import static dev.tokencache.redis.topology.FakeCluster.THIRD_MASTER;
import static org.assertj.core.api.Assertions.assertThat;

class TopologyTest {

    private static final RedisSettings SETTINGS = RedisSettings.usual();
    /** Longer than any interval between two refreshes while all masters are up. */
    private static final Duration REFRESH =
            Topology.REFRESH_INTERVAL.multipliedBy(9).dividedBy(8);

    private final FakeCluster cluster = new FakeCluster(SETTINGS);
    private final Topology topology = cluster.topology();
    private final VirtualTime time = cluster.nodes().time();
    private final RecordedEvents events = cluster.nodes().events();

    @Test
    void shouldDiscoverTheClusterFromOneSeed() {
        cluster.start();

        assertThat(topology.slots().covered()).isEqualTo(HashSlot.COUNT);
        assertThat(topology.slots().master(SLOT_OF_MASTER)).isEqualTo(MASTER);
        assertThat(topology.slots().master(SLOT_OF_OTHER_MASTER)).isEqualTo(OTHER_MASTER);
        assertThat(topology.isClusterOk()).isTrue();
        assertThat(cluster.connections().isUp(REPLICA)).isTrue();
    }

    @Test
    void shouldSearchForTheClusterUntilASeedIsUp() {
        cluster.node(MASTER).refuse();
        cluster.start();
        time.advance(Duration.ofSeconds(2));
        assertThat(topology.slots()).isSameAs(SlotMap.EMPTY);
        assertThat(events.count("refreshFailed")).isGreaterThan(10);

        cluster.node(MASTER).accept();
        time.advance(Duration.ofSeconds(2));

        assertThat(topology.slots().covered()).isEqualTo(HashSlot.COUNT);
    }

    @Test
    void shouldRefreshAboutEverySecondWithJitter() {
        cluster.start();
        time.advance(Duration.ofSeconds(1));
        int before = events.gaps("refreshed").size();

        time.advance(Duration.ofSeconds(20));

        List<Duration> gaps = events.gaps("refreshed");
        assertThat(gaps.subList(before, gaps.size()))
                .allMatch(gap -> gap.compareTo(Duration.ofMillis(875)) >= 0 && gap.compareTo(REFRESH) <= 0)
                .hasSizeBetween(17, 23);
        assertThat(new HashSet<>(gaps)).as("different gaps").hasSizeGreaterThan(10);
    }

    @Test
    void shouldRefreshMoreOftenWhileAMasterIsUnreachable() {
        cluster.start();
        time.advance(Duration.ofSeconds(5));
        cluster.node(MASTER).kill();
        cluster.node(MASTER).hang();
        time.advance(REFRESH);
        int before = events.count("refreshed");

        time.advance(Duration.ofSeconds(2));

        assertThat(events.count("refreshed") - before).isGreaterThanOrEqualTo(7);
    }

    @Test
    void shouldApplyMovedImmediatelyAndShareOneRefreshAmongManySignals() {
        cluster.start();
        int before = events.count("refreshed");

        topology.moved(SLOT_OF_MASTER, OTHER_MASTER);
        topology.moved(SLOT_OF_MASTER + 1, OTHER_MASTER);
        topology.refreshSoon();

        assertThat(topology.slots().master(SLOT_OF_MASTER)).isEqualTo(OTHER_MASTER);
        assertThat(events.count("refreshed")).isEqualTo(before);
        time.advance(Topology.SIGNAL_DELAY);
        assertThat(events.count("refreshed")).isEqualTo(before + 1);
        assertThat(topology.slots().master(SLOT_OF_MASTER))
                .as("as the nodes report it")
                .isEqualTo(MASTER);
    }

    @Test
    void shouldFollowAPromotion() {
        cluster.start();
        cluster.promoteReplica(6);

        time.advance(REFRESH);

        assertThat(topology.slots().master(SLOT_OF_MASTER)).isEqualTo(REPLICA);
    }

    @Test
    void shouldIgnoreStaleViewsUnlessTheyPersist() {
        cluster.start();
        cluster.promoteReplica(4);

        for (int i = 0; i < Topology.MAX_STALE_VIEWS; i++) {
            advanceToNextRefresh();
            assertThat(topology.slots().master(SLOT_OF_MASTER)).isEqualTo(MASTER);
        }
        advanceToNextRefresh();

        assertThat(topology.slots().master(SLOT_OF_MASTER)).isEqualTo(REPLICA);
    }

    private void advanceToNextRefresh() {
        int before = events.count("refreshed");
        while (events.count("refreshed") == before) {
            time.advance(Duration.ofMillis(1));
        }
    }

    @Test
    void shouldNotWaitForAHangingNode() {
        cluster.start();
        cluster.node(MASTER).respond(request -> null);
        cluster.promoteReplica(6);

        time.advance(REFRESH.plus(ClusterViewQuery.TIMEOUT));

        assertThat(topology.slots().master(SLOT_OF_MASTER)).isEqualTo(REPLICA);
    }

    @Test
    void shouldBeHopelessOnlyAfterACallTimeoutWithoutAnyReply() {
        cluster.start();
        time.advance(Duration.ofSeconds(10));
        assertThat(topology.isHopeless()).isFalse();
        List.of(MASTER, OTHER_MASTER, THIRD_MASTER, REPLICA)
                .forEach(node -> cluster.node(node).kill());

        time.advance(SETTINGS.timeout().minus(REFRESH));
        assertThat(topology.isHopeless()).isFalse();
        time.advance(REFRESH.plusMillis(1));

        assertThat(topology.isHopeless()).isTrue();
        assertThat(topology.isClusterOk()).isFalse();
    }

    @Test
    void shouldCountTheReplicasThatAreConnectedToTheirMasters() {
        cluster.start();
        assertThat(topology.readReplicas()).isEqualTo(1);

        cluster.replication(REPLICA).loseLink();
        time.advance(REFRESH);

        assertThat(topology.readReplicas()).isZero();
    }

    @Test
    void shouldCloseTheBreakersWhenTheClusterIsInOrderAgain() {
        cluster.start();
        cluster.report(false);
        time.advance(REFRESH);
        for (int i = 0; i < 5; i++) {
            cluster.breakers().failed(OTHER_MASTER, new RouteException("no reply"));
        }
        assertThat(cluster.breakers().openCount()).isEqualTo(1);

        cluster.report(true);
        time.advance(REFRESH);

        assertThat(cluster.breakers().openCount()).isZero();
    }

    @Test
    void shouldStopRefreshingWhenItIsClosed() {
        cluster.start();
        topology.close();
        int before = events.count("refreshed");

        topology.refreshSoon();
        time.advance(Duration.ofSeconds(10));

        assertThat(events.count("refreshed")).isEqualTo(before);
    }

    @Test
    void shouldAssignAllSlotsToAStandaloneServer() {
        topology.startStandalone();

        assertThat(topology.slots().master(SLOT_OF_OTHER_MASTER)).isEqualTo(MASTER);
        assertThat(topology.isClusterOk()).isTrue();
        time.advance(Duration.ofMinutes(1));
        assertThat(topology.isHopeless()).isFalse();
    }

    @Test
    void shouldLogOneLineWhileEveryNodeReportsThatTheClusterIsDown() {
        cluster.report(false);
        cluster.start();

        time.advance(Duration.ofMinutes(5));

        assertThat(cluster.nodes().logged())
                .singleElement()
                .asString()
                .endsWith("reason=the cluster is down or a slot has no node, reply=CLUSTERDOWN");
    }
}
