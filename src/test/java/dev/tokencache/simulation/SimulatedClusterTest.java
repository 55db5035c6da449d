package dev.tokencache.simulation;

import dev.tokencache.redis.HashSlot;
import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.testing.RedisSettings;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The simulated cluster, as the router of production sees it. */
class SimulatedClusterTest {

    private static final String SERVICE = "service";
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);

    private final World world = new World(1);
    private final SimulatedNetwork network = new SimulatedNetwork(world);
    private final SimulatedCluster cluster = new SimulatedCluster(world, network, 3, 1);
    private final SimulatedService service;

    SimulatedClusterTest() {
        cluster.start();
        world.run(Duration.ofSeconds(5));
        service = new SimulatedService(
                network,
                cluster,
                new SimulatedProcess(world, SERVICE, Duration.ZERO),
                SERVICE,
                RedisSettings.defaults());
        world.run(Duration.ofSeconds(2));
    }

    private Future<RoutedReply> set(String value) {
        return service.router()
                .writeReplicated(
                        KEY,
                        until -> Request.cmd(Command.SET).arg("key").arg(value),
                        service.router().deadline(Duration.ofSeconds(20)));
    }

    private String get() {
        Future<RoutedReply> reply = service.router()
                .send(KEY, Request.cmd(Command.GET).arg("key"), service.router().deadline(Duration.ofSeconds(20)));
        world.run(Duration.ofSeconds(20));
        return String.valueOf(reply.result().response());
    }

    private SimulatedNode masterOfKey() {
        return cluster.node(service.router().master(KEY));
    }

    private SimulatedNode replicaOf(SimulatedNode master) {
        return cluster.nodes().get(cluster.nodes().indexOf(master) + 3);
    }

    @Test
    void shouldLetTheRouterFindAllSlots() {
        assertThat(service.router().state().slotsCovered()).isEqualTo(16384);
        assertThat(service.router().readReplicas()).isEqualTo(3);
    }

    @Test
    void shouldConfirmAWriteByAReplica() {
        Future<RoutedReply> written = set("value");
        world.run(Duration.ofMillis(100));

        assertThat(written.result().isReplicated()).isTrue();
        assertThat(replicaOf(masterOfKey()).run().data().contents()).containsKey("key");
    }

    @Test
    void shouldReplaceAKilledMasterByItsReplica() {
        set("before");
        world.run(Duration.ofSeconds(1));
        SimulatedNode master = masterOfKey();
        SimulatedNode replica = replicaOf(master);
        master.kill();

        Future<RoutedReply> written = set("after");
        world.run(Duration.ofSeconds(10));

        assertThat(written.succeeded()).isTrue();
        assertThat(masterOfKey()).isSameAs(replica);
        assertThat(get()).isEqualTo("after");
    }

    @Test
    void shouldMakeAReplacedMasterAReplicaWithoutWhatOnlyItHad() {
        SimulatedNode master = masterOfKey();
        cluster.nodes().stream().filter(node -> node != master).forEach(node -> {
            network.cut(master.host(), node.host());
            network.cut(node.host(), master.host());
        });
        Future<RoutedReply> lost = set("lost");
        world.run(Duration.ofSeconds(15));
        assertThat(replicaOf(master).isMaster()).isTrue();
        assertThat(lost.result().isReplicated()).isFalse();

        cluster.nodes().stream().filter(node -> node != master).forEach(node -> {
            network.heal(master.host(), node.host());
            network.heal(node.host(), master.host());
        });
        world.run(Duration.ofSeconds(15));

        assertThat(master.isMaster()).isFalse();
        assertThat(master.run().data().contents()).isEmpty();
        assertThat(master.run().replication().isLinkUp()).isTrue();
    }

    @Test
    void shouldServeNothingWithoutAMajorityOfTheMasters() {
        List<SimulatedNode> nodes = cluster.nodes();
        nodes.subList(1, 6).forEach(SimulatedNode::kill);
        world.run(Duration.ofSeconds(10));

        assertThat(nodes.get(0).run().bus().isOk()).isFalse();

        nodes.subList(1, 6).forEach(SimulatedNode::start);
        world.run(Duration.ofSeconds(20));
        assertThat(nodes.get(0).run().bus().isOk()).isTrue();
        assertThat(service.router().state().slotsCovered()).isEqualTo(16384);
    }

    @Test
    void shouldFillARestartedReplicaFromItsMaster() {
        SimulatedNode replica = replicaOf(masterOfKey());
        replica.kill();
        replica.loseData();
        set("value");
        world.run(Duration.ofSeconds(1));
        replica.start();
        world.run(Duration.ofSeconds(5));

        assertThat(replica.run().data().contents())
                .isEqualTo(masterOfKey().run().data().contents());
    }

    @Test
    void shouldRefuseWritesWithoutMemory() {
        masterOfKey().setOutOfMemory(true);

        Future<RoutedReply> written = set("value");
        world.run(Duration.ofSeconds(1));

        assertThat(written.cause()).hasMessageContaining("OOM");
    }

    @Test
    void shouldRedirectFromAMigratingSlotToItsTarget() {
        SimulatedNode source = masterOfKey();
        SimulatedNode target = cluster.nodes().stream()
                .filter(node -> node.isMaster() && node != source)
                .findFirst()
                .orElseThrow();
        int slot = HashSlot.of(KEY);
        source.migrate(slot, target.endpoint());
        target.importSlot(slot);

        Future<RoutedReply> written = set("value");
        world.run(Duration.ofSeconds(1));

        assertThat(written.succeeded()).isTrue();
        assertThat(target.run().data().contents()).containsKey("key");
        assertThat(get()).isEqualTo("value");
    }

    private SimulatedNode otherMasterThan(SimulatedNode master) {
        return cluster.nodes().stream()
                .filter(node -> node.isMaster() && node != master)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldMoveSlotsWithTheirKeysWhileClientsUseThem() {
        set("before");
        world.run(Duration.ofSeconds(1));
        SimulatedNode source = masterOfKey();
        SimulatedNode target = otherMasterThan(source);

        Resharding resharding = Resharding.start(world, cluster, source, target, world.random("test"));
        Future<RoutedReply> written = set("after");
        world.run(Duration.ofSeconds(10));

        assertThat(resharding.isOver()).isTrue();
        assertThat(written.succeeded()).isTrue();
        assertThat(masterOfKey()).isSameAs(target);
        assertThat(source.run().data().contents()).isEmpty();
        assertThat(get()).isEqualTo("after");
    }

    @Test
    void shouldHandAMasterOverWithoutLosingAWrite() {
        SimulatedNode master = masterOfKey();
        SimulatedNode replica = replicaOf(master);

        replica.run().bus().failOver();
        world.run(Duration.ofMillis(50));
        Future<RoutedReply> written = set("value");
        world.run(Duration.ofSeconds(2));

        assertThat(written.succeeded()).isTrue();
        assertThat(replica.isMaster()).isTrue();
        assertThat(master.isMaster()).isFalse();
        assertThat(get()).isEqualTo("value");
    }

    @Test
    void shouldNotUseANodeOfAnotherClusterAtAKnownAddress() {
        set("value");
        world.run(Duration.ofSeconds(1));
        SimulatedNode master = masterOfKey();
        SimulatedNode foreigner = cluster.foreigner(master);
        master.kill();
        master.occupy(foreigner);
        foreigner.start();
        world.run(Duration.ofSeconds(10));

        assertThat(foreigner.run().bus().isOk()).isTrue();
        assertThat(masterOfKey()).isNotSameAs(master);
        assertThat(get()).isEqualTo("value");
    }

    @Test
    void shouldAddARebuiltNodeAsAReplica() {
        set("value");
        world.run(Duration.ofSeconds(1));
        SimulatedNode rebuilt = masterOfKey();
        String oldId = rebuilt.id();
        rebuilt.kill();
        world.run(Duration.ofSeconds(10));
        cluster.rebuild(rebuilt);
        rebuilt.start();
        world.run(Duration.ofSeconds(5));
        assertThat(rebuilt.run().data().contents()).isEmpty();

        cluster.join(rebuilt, oldId);
        world.run(Duration.ofSeconds(5));

        assertThat(rebuilt.run().data().contents())
                .isEqualTo(masterOfKey().run().data().contents());
        assertThat(service.router().readReplicas()).isEqualTo(3);
    }

    @Test
    void shouldSeparateMastersWithTheSameConfigEpoch() {
        cluster.nodes().subList(0, 2).forEach(master -> master.run().bus().bumpEpoch());
        world.run(Duration.ofSeconds(5));

        assertThat(cluster.nodes()
                        .get(0)
                        .run()
                        .bus()
                        .reports()
                        .nodes()
                        .lines()
                        .filter(line -> line.contains("master"))
                        .map(line -> line.split(" ")[6]))
                .hasSize(3)
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldServeNothingOfANodeThatRefusesThePassword() {
        SimulatedNode master = masterOfKey();
        master.refusePassword(true);
        Future<RoutedReply> refused = set("value");
        world.run(Duration.ofSeconds(30));
        assertThat(refused.failed()).isTrue();

        master.refusePassword(false);
        world.run(Duration.ofSeconds(5));
        Future<RoutedReply> accepted = set("value");
        world.run(Duration.ofSeconds(1));
        assertThat(accepted.succeeded()).isTrue();
    }

    @Test
    void shouldRefuseWritesWhileTooFewReplicasAreConnected() {
        masterOfKey().setMinReplicasToWrite(2);

        Future<RoutedReply> written = set("value");
        world.run(Duration.ofSeconds(1));

        assertThat(written.cause()).hasMessageContaining("NOREPLICAS");
    }
}
