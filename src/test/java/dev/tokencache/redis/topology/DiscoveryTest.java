package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.testing.RedisSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

import static dev.tokencache.redis.topology.FakeCluster.MASTER;
import static dev.tokencache.redis.topology.FakeCluster.OTHER_MASTER;
import static dev.tokencache.redis.topology.FakeCluster.REPLICA;
import static dev.tokencache.redis.topology.FakeCluster.SLOT_OF_MASTER;
import static dev.tokencache.redis.topology.FakeCluster.SLOT_OF_OTHER_MASTER;
import static org.assertj.core.api.Assertions.assertThat;

/** Which cluster a start believes, when it knows no node yet. */
class DiscoveryTest {

    private static final Endpoint FOREIGN = new Endpoint("10.9.9.9", 7000);
    private static final Endpoint ALIAS = new Endpoint("redis.example", 7000);
    private static final Duration LONG = SeedMajority.PATIENCE.plusSeconds(1);

    private static FakeCluster start(Endpoint... seeds) {
        FakeCluster cluster = new FakeCluster(RedisSettings.usual(), List.of(seeds));
        beForeign(cluster, FOREIGN);
        cluster.add(ALIAS, FakeView.idOf(MASTER));
        cluster.start();
        return cluster;
    }

    private static void beForeign(FakeCluster cluster, Endpoint node) {
        String id = "foreign-" + node.host();
        FakeView.ofOneNode(node, id, 99).reportAt(cluster.node(node), node, id);
        cluster.node(node).respond(request -> cluster.reply(node, request));
    }

    private static void assertThatItIsKnown(FakeCluster cluster) {
        assertThat(cluster.topology().slots().master(SLOT_OF_MASTER)).isEqualTo(MASTER);
        assertThat(cluster.topology().slots().master(SLOT_OF_OTHER_MASTER)).isEqualTo(OTHER_MASTER);
    }

    @Test
    void shouldBelieveTheMajorityOfTheSeedsImmediately() {
        FakeCluster cluster = start(FOREIGN, ALIAS, OTHER_MASTER);

        assertThatItIsKnown(cluster);
        cluster.nodes().time().advance(Duration.ofSeconds(2));
        assertThat(cluster.connections().isUp(FOREIGN)).isFalse();
        assertThat(cluster.nodes().events().count("FOREIGN_NODE")).isPositive();
    }

    @Test
    void shouldCountTheSilentSeedsThatTheClusterNames() {
        FakeCluster cluster = new FakeCluster(RedisSettings.usual(), List.of(MASTER, OTHER_MASTER, REPLICA));
        cluster.node(OTHER_MASTER).refuse();
        cluster.node(REPLICA).refuse();

        cluster.start();

        assertThatItIsKnown(cluster);
    }

    @Test
    void shouldBelieveNoneIfTheSeedsAreDivided() {
        FakeCluster cluster = start(FOREIGN, ALIAS);

        cluster.nodes().time().advance(LONG);

        assertThat(cluster.topology().slots()).isSameAs(SlotMap.EMPTY);
        assertThat(cluster.topology().isClusterOk()).isFalse();
    }

    @Test
    void shouldBelieveTheOtherSeedWhenTheForeignNodeIsGone() {
        FakeCluster cluster = start(FOREIGN, ALIAS);
        cluster.nodes().time().advance(LONG);

        cluster.node(FOREIGN).kill();
        cluster.nodes().time().advance(Duration.ofSeconds(2));

        assertThatItIsKnown(cluster);
    }

    @Test
    void shouldNotCountANodeThatCameBackEmpty() {
        FakeCluster cluster = new FakeCluster(RedisSettings.usual(), List.of(MASTER, OTHER_MASTER));
        FakeView.empty().reportAt(cluster.node(OTHER_MASTER), OTHER_MASTER, "new-id");
        cluster.start();
        assertThat(cluster.topology().slots()).isSameAs(SlotMap.EMPTY);

        cluster.nodes().time().advance(LONG);

        assertThatItIsKnown(cluster);
        assertThat(cluster.connections().isUp(OTHER_MASTER)).isFalse();
    }

    @Test
    void shouldWaitForMoreSeedsBeforeItBelievesAMinority() {
        FakeCluster cluster = new FakeCluster(RedisSettings.usual(), List.of(FOREIGN, ALIAS, OTHER_MASTER));
        beForeign(cluster, FOREIGN);
        cluster.node(ALIAS).refuse();
        cluster.node(OTHER_MASTER).refuse();
        cluster.start();
        cluster.nodes().time().advance(SeedMajority.PATIENCE.minusSeconds(1));
        assertThat(cluster.topology().slots()).isSameAs(SlotMap.EMPTY);

        cluster.add(ALIAS, FakeView.idOf(MASTER));
        cluster.node(ALIAS).accept();
        cluster.node(OTHER_MASTER).accept();
        cluster.nodes().time().advance(Duration.ofSeconds(2));

        assertThatItIsKnown(cluster);
    }

    @Test
    void shouldStartWithFewSeedsAfterAWhile() {
        FakeCluster cluster =
                new FakeCluster(RedisSettings.usual(), List.of(new Endpoint("a", 1), new Endpoint("b", 1), ALIAS));
        cluster.add(ALIAS, FakeView.idOf(MASTER));
        cluster.node(new Endpoint("a", 1)).refuse();
        cluster.node(new Endpoint("b", 1)).refuse();
        cluster.start();

        cluster.nodes().time().advance(LONG);

        assertThat(cluster.topology().slots().covered()).isEqualTo(HashSlot.COUNT);
    }

    @Test
    void shouldWaitForAClusterThatIsNotYetFormed() {
        FakeCluster cluster = new FakeCluster(RedisSettings.usual());
        FakeView.empty().reportAt(cluster.node(MASTER), MASTER);
        cluster.start();
        cluster.nodes().time().advance(LONG);
        assertThat(cluster.topology().slots()).isSameAs(SlotMap.EMPTY);

        cluster.view().reportAt(cluster.node(MASTER), MASTER);
        cluster.nodes().time().advance(Topology.DISCOVERY_INTERVAL.multipliedBy(2));

        assertThatItIsKnown(cluster);
    }
}
