package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.redis.RecordedEvents;
import dev.tokencache.redis.RouteException;
import dev.tokencache.redis.ShardState;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
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
        assertThat(events.count("REFRESH_FAILED")).isGreaterThan(10);

        cluster.node(MASTER).accept();
        time.advance(Duration.ofSeconds(2));

        assertThat(topology.slots().covered()).isEqualTo(HashSlot.COUNT);
    }

    /** Calls that arrive before the first slot map wait for it. */
    @Test
    void shouldNotBeHopelessAfterASlowStart() {
        cluster.node(MASTER).refuse();
        time.advance(SETTINGS.timeout().plusMillis(1));

        cluster.start();

        assertThat(topology.isHopeless()).isFalse();
        time.advance(SETTINGS.timeout().plusMillis(1));
        assertThat(topology.isHopeless()).isTrue();
    }

    @Test
    void shouldRefreshAboutEverySecondWithJitter() {
        cluster.start();
        time.advance(Duration.ofSeconds(1));
        int before = events.gaps("REFRESHED").size();

        time.advance(Duration.ofSeconds(20));

        List<Duration> gaps = events.gaps("REFRESHED");
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
        int before = events.count("REFRESHED");

        time.advance(Duration.ofSeconds(2));

        assertThat(events.count("REFRESHED") - before).isGreaterThanOrEqualTo(7);
    }

    @Test
    void shouldApplyMovedImmediatelyAndShareOneRefreshAmongManySignals() {
        cluster.start();
        int before = events.count("REFRESHED");

        topology.moved(SLOT_OF_MASTER, OTHER_MASTER);
        topology.moved(SLOT_OF_MASTER + 1, OTHER_MASTER);
        topology.refreshSoon();

        assertThat(topology.slots().master(SLOT_OF_MASTER)).isEqualTo(OTHER_MASTER);
        assertThat(events.count("REFRESHED")).isEqualTo(before);
        time.advance(Topology.SIGNAL_DELAY);
        assertThat(events.count("REFRESHED")).isEqualTo(before + 1);
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
    void shouldIgnoreALowerEpochUnlessMostMembersPersistInIt() {
        cluster.start();
        cluster.promoteReplica(4);

        assertThatNoSlotMovesFor(KnownCluster.DISPUTE);
        time.advance(REFRESH.multipliedBy(2));

        assertThat(topology.slots().master(SLOT_OF_MASTER)).isEqualTo(REPLICA);
    }

    @Test
    void shouldNotMoveASlotByTheWordOfOneMemberWithALowerEpoch() {
        cluster.start();
        FakeCluster.viewWith(REPLICA, 4).reportAt(cluster.node(OTHER_MASTER), OTHER_MASTER);

        assertThatNoSlotMovesFor(Duration.ofMinutes(1));
    }

    @Test
    void shouldNotMoveASlotByTheWordOfAMinorityWithALowerEpoch() {
        cluster.start();
        cluster.node(MASTER).kill();
        cluster.node(REPLICA).kill();
        FakeCluster.viewWith(REPLICA, 4).reportAt(cluster.node(OTHER_MASTER), OTHER_MASTER);

        assertThatNoSlotMovesFor(Duration.ofMinutes(1));
    }

    @Test
    void shouldNotLoseSlotsByTheWordOfAMemberThatWasReset() {
        cluster.start();
        FakeView.empty().reportAt(cluster.node(OTHER_MASTER), OTHER_MASTER);

        assertThatNoSlotMovesFor(Duration.ofMinutes(1));
    }

    @Test
    void shouldNotBelieveAMemberThatWasResetAndJoinedAnotherCluster() {
        cluster.start();
        FakeView.ofOneNode(OTHER_MASTER, FakeView.idOf(OTHER_MASTER), 99)
                .reportAt(cluster.node(OTHER_MASTER), OTHER_MASTER);

        assertThatNoSlotMovesFor(Duration.ofMinutes(1));
    }

    @Test
    void shouldLoseOnlyTheSlotsThatNoMemberKnowsAnOwnerOf() {
        cluster.start();
        cluster.view().change(6, List.of(cluster.view().ranges().get(2)));

        time.advance(KnownCluster.DISPUTE.plus(REFRESH.multipliedBy(2)));

        assertThat(topology.slots().master(SLOT_OF_MASTER)).isNull();
        assertThat(topology.slots().master(SLOT_OF_OTHER_MASTER)).isEqualTo(OTHER_MASTER);
    }

    @Test
    void shouldNotUseANodeOfAnotherClusterAtTheAddressOfAMember() {
        cluster.start();
        replaceByForeignNode(OTHER_MASTER);

        assertThatNoSlotMovesFor(Duration.ofSeconds(10));
        assertThat(cluster.connections().isUp(OTHER_MASTER)).isFalse();
        assertThat(events.count("FOREIGN_NODE")).isGreaterThan(1);
    }

    @Test
    void shouldNotBeFooledWhileOnlyNodesOfAnotherClusterReply() {
        cluster.start();
        List.of(MASTER, OTHER_MASTER, THIRD_MASTER, REPLICA).forEach(this::replaceByForeignNode);

        assertThatNoSlotMovesFor(Duration.ofMinutes(10));
        assertThat(topology.isClusterOk()).isFalse();
        assertThat(topology.isHopeless()).isTrue();
    }

    @Test
    void shouldUseAMemberAgainWhenItReturnsToItsAddress() {
        cluster.start();
        replaceByForeignNode(OTHER_MASTER);
        time.advance(Duration.ofSeconds(5));
        cluster.view().reportAt(cluster.node(OTHER_MASTER), OTHER_MASTER);

        time.advance(Duration.ofSeconds(2));

        assertThat(cluster.connections().isUp(OTHER_MASTER)).isTrue();
    }

    @Test
    void shouldNoticeAnIdThatChangesWhileTheConnectionIsOpen() {
        cluster.start();
        FakeView.ofOneNode(OTHER_MASTER, "other-id", 99).reportAt(cluster.node(OTHER_MASTER), OTHER_MASTER, "other-id");

        time.advance(Duration.ofSeconds(1));

        assertThat(cluster.connections().isUp(OTHER_MASTER)).isFalse();
    }

    @Test
    void shouldUseANewNodeThatAMemberIntroduces() {
        Endpoint added = new Endpoint("10.0.0.9", 7000);
        cluster.start();
        FakeView view = cluster.view();
        view.setMembers(List.of(MASTER, OTHER_MASTER, REPLICA, added));
        cluster.add(added, FakeView.idOf(added));
        view.change(
                6,
                List.of(
                        view.ranges().get(0),
                        new SlotRange(
                                SLOT_OF_OTHER_MASTER,
                                SLOT_OF_OTHER_MASTER,
                                FakeView.idOf(added),
                                6,
                                added,
                                List.of())));

        time.advance(REFRESH);

        assertThat(topology.slots().master(SLOT_OF_OTHER_MASTER)).isEqualTo(added);
        assertThat(cluster.connections().isUp(added)).isTrue();
    }

    @Test
    void shouldNotUseANodeThatWasRemoved() {
        cluster.start();
        cluster.view().setMembers(List.of(MASTER, OTHER_MASTER));

        time.advance(KnownCluster.DISPUTE.plus(REFRESH.multipliedBy(2)));

        assertThat(topology.identity().isMember(FakeView.idOf(REPLICA))).isFalse();
    }

    @Test
    void shouldFindEveryNodeAtItsNewAddressByTheSeed() {
        cluster.start();
        Endpoint newMaster = new Endpoint("10.9.0.1", 7000);
        Endpoint newOther = new Endpoint("10.9.0.2", 7000);
        cluster.node(OTHER_MASTER).kill();
        cluster.node(REPLICA).kill();
        cluster.view().move(MASTER, newMaster);
        cluster.view().move(OTHER_MASTER, newOther);
        cluster.add(newMaster, FakeView.idOf(MASTER));
        cluster.add(newOther, FakeView.idOf(OTHER_MASTER));

        time.advance(Duration.ofSeconds(3));

        assertThat(topology.slots().master(SLOT_OF_MASTER)).isEqualTo(newMaster);
        assertThat(topology.slots().master(SLOT_OF_OTHER_MASTER)).isEqualTo(newOther);
        assertThat(cluster.connections().isUp(newOther)).isTrue();
    }

    private void replaceByForeignNode(Endpoint node) {
        cluster.node(node).kill();
        String id = "foreign-" + node.host();
        FakeView.ofOneNode(node, id, 99).reportAt(cluster.node(node), node, id);
        cluster.node(node).accept();
    }

    private void assertThatNoSlotMovesFor(Duration duration) {
        SlotMap before = topology.slots();
        for (long millis = 0; millis < duration.toMillis(); millis += 100) {
            time.advance(Duration.ofMillis(100));
            assertThat(topology.slots()).isSameAs(before);
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
        int before = events.count("REFRESHED");

        topology.refreshSoon();
        time.advance(Duration.ofSeconds(10));

        assertThat(events.count("REFRESHED")).isEqualTo(before);
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
    void shouldShowTheShardsInTheOrderOfTheirSlotsWithTheLagOfReplicas() {
        cluster.start();
        cluster.replication(MASTER).offset(1500);
        time.advance(REFRESH);

        List<ShardState> shards = topology.shards(cluster.connections()::isUp);
        assertThat(shards).extracting(ShardState::master).startsWith(MASTER).endsWith(OTHER_MASTER);
        assertThat(shards).allMatch(ShardState::isUp).noneMatch(ShardState::isBreakerOpen);
        assertThat(shards.stream().mapToInt(ShardState::slotCount).sum()).isEqualTo(HashSlot.COUNT);
        assertThat(shards.get(0).replicas())
                .containsExactly(new ShardState.Replica(REPLICA, true, true, OptionalLong.of(500)));

        cluster.replication(REPLICA).history("another");
        time.advance(REFRESH);
        assertThat(replica().isAttached()).isTrue();
        assertThat(replica().lagBytes()).as("of another stream").isEmpty();

        cluster.replication(REPLICA).history("history").offset(2000);
        time.advance(REFRESH);
        assertThat(replica().lagBytes())
                .as("ahead of what the master last said")
                .hasValue(0);

        cluster.node(REPLICA).kill();
        cluster.node(REPLICA).refuse();
        time.advance(Duration.ofSeconds(2));
        assertThat(replica().isAttached()).isFalse();
        assertThat(replica().lagBytes()).as("without a reply").isEmpty();
    }

    private ShardState.Replica replica() {
        return topology.shards(cluster.connections()::isUp).get(0).replicas().get(0);
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
