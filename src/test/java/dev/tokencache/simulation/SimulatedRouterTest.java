package dev.tokencache.simulation;

import dev.tokencache.redis.RouteException;
import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the router does when nodes fail or cannot be reached, with exact times. The fault tests confirm it on real servers. */
class SimulatedRouterTest {

    private static final String HOST = "service";
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration MOMENT = Duration.ofMillis(100);

    /** Until a failover is over, or restarted nodes agree. */
    private static final Duration RECOVERY = Duration.ofSeconds(20);

    private final World world = new World(1);
    private final SimulatedNetwork network = new SimulatedNetwork(world);
    private final SimulatedCluster cluster = new SimulatedCluster(world, network, 3, 1);
    private SimulatedService service;

    SimulatedRouterTest() {
        cluster.start();
        world.run(Duration.ofSeconds(5));
        connect(RedisSettings.defaults());
    }

    private void connect(RedisSettings settings) {
        service = new SimulatedService(
                network, cluster, new SimulatedProcess(world, HOST, Duration.ZERO), HOST, settings);
        world.run(Duration.ofSeconds(2));
    }

    @Test
    void shouldReadFromTheReplicaOfAKilledMaster() {
        set("1");
        assertThat(read().isFromReplica()).isFalse();

        master().kill();

        RoutedReply reply = read();
        assertThat(reply.response()).hasToString("1");
        assertThat(reply.isFromReplica()).isTrue();
        world.run(RECOVERY);
        assertThat(read().isFromReplica())
                .as("The promoted replica is a master.")
                .isFalse();
    }

    @Test
    void shouldNotReadFromReplicasIfThatIsDisabled() {
        connect(RedisSettings.defaults().withoutReplicaReads());
        set("1");

        master().kill();

        assertThatThrownBy(this::read).isInstanceOf(RouteException.class);
        world.run(RECOVERY);
        assertThat(read().response()).hasToString("1");
    }

    @Test
    void shouldServeAllSlotsAfterAReplicaWasKilled() {
        set("1");

        replicaOf(master()).kill();

        assertThat(read().response()).hasToString("1");
        world.run(RECOVERY);
        assertThat(read().response()).hasToString("1");
    }

    @Test
    void shouldSendAWriteAgainIfItsReplyWasLost() {
        set("1");
        network.cut(master().host(), HOST);
        Future<RoutedReply> write = write("2");
        world.run(Duration.ofMillis(900));

        network.heal(master().host(), HOST);
        world.run(TIMEOUT);

        assertThat(write.succeeded()).isTrue();
        assertThat(read().response()).hasToString("2");
    }

    @Test
    void shouldFailImmediatelyWhileAMasterIsDownAndRecoverWithIt() {
        connect(RedisSettings.defaults().withoutReplicaReads());
        SimulatedNode master = master();
        SimulatedNode replica = replicaOf(master);
        replica.kill();
        master.kill();
        List<Future<RoutedReply>> failed =
                IntStream.range(0, 10).mapToObj(i -> startRead()).toList();
        world.run(TIMEOUT.plus(MOMENT));
        assertThat(failed).allMatch(Future::failed);

        Future<RoutedReply> next = startRead();
        world.run(Duration.ofMillis(1));

        assertThat(next.cause()).hasMessageContaining("breaker");
        assertThat(service.router().state().openBreakers()).isEqualTo(1);
        master.start();
        replica.start();
        world.run(RECOVERY);
        set("3");
        assertThat(read().response()).hasToString("3");
        assertThat(service.router().state().openBreakers()).isZero();
    }

    @Test
    void shouldFailACommandAtItsDeadlineIfNoNodeReplies() {
        connect(RedisSettings.defaults().withoutReplicaReads());
        replicaOf(master()).pause(RECOVERY);
        master().pause(RECOVERY);

        Future<RoutedReply> write = write("2");
        world.run(TIMEOUT.plusMillis(50));

        assertThat(write.cause()).isInstanceOf(RouteException.class);
    }

    @Test
    void shouldRejectCallsBeyondTheLimitImmediately() {
        connect(RedisSettings.defaults().withoutReplicaReads().withMaxCalls(1));
        master().pause(RECOVERY);

        List<Future<RoutedReply>> calls =
                IntStream.range(0, 10).mapToObj(i -> startRead()).toList();
        world.run(Duration.ofMillis(1));

        assertThat(calls.subList(1, 10))
                .allMatch(call -> call.failed() && call.cause().getMessage().contains("too many calls"));
    }

    @Test
    void shouldNotReadFromTheReplicaOfAMasterThatOthersMayWriteTo() {
        set("1");
        cut(master(), true);

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(this::read).isInstanceOf(RouteException.class);
        }

        cut(master(), false);
        world.run(RECOVERY);
        assertThat(read().isFromReplica()).isFalse();
    }

    @Test
    void shouldNotTrustAMasterThatTheOthersMayHaveReplaced() {
        set("1");
        List<SimulatedNode> others = cluster.nodes().stream()
                .filter(node -> node.isMaster() && node != master())
                .toList();
        others.forEach(other -> cut(other, true));
        world.run(RECOVERY);

        assertThatThrownBy(this::read).isInstanceOf(RouteException.class);

        others.forEach(other -> cut(other, false));
        world.run(RECOVERY);
        assertThat(read().response()).hasToString("1");
    }

    @Test
    void shouldFindTheClusterAgainAfterAllNodesRestarted() {
        cluster.nodes().forEach(SimulatedNode::kill);
        assertThatThrownBy(this::read).isInstanceOf(RouteException.class);

        cluster.nodes().forEach(SimulatedNode::start);
        world.run(RECOVERY);

        set("1");
        assertThat(read().response()).hasToString("1");
    }

    @Test
    void shouldStartWithoutRedisAndFindItLater() {
        cluster.nodes().forEach(SimulatedNode::kill);
        connect(RedisSettings.defaults());
        assertThatThrownBy(this::read).isInstanceOf(RouteException.class);
        assertThat(service.router().state().slotsCovered()).isZero();

        cluster.nodes().forEach(SimulatedNode::start);
        world.run(RECOVERY);

        assertThat(service.router().state().slotsCovered()).isEqualTo(16384);
    }

    /**
     * A foreign token was reassigned to another subject, and the only reachable node of its pointer missed that write. The
     * pointer there names a subject that does not have the token: that must not make it inactive, or change that subject.
     */
    @Test
    void shouldNotTrustThePointerOfAnOutdatedReplica() {
        TokenStore store = AdvancingStore.wrap(world, service.store());
        TokenHash hash = TokenDraft.randomHash();
        TokenLocator foreign = new TokenLocator.Foreign(hash);
        SimulatedNode master = masterOf("tc:{" + hash.text() + "}");
        create(store, hash, subjectOfAnotherMaster(master, "before"));
        SimulatedNode replica = replicaOf(master);
        network.cut(master.host(), replica.host());
        await(store.expire(foreign, now()));
        create(store, hash, subjectOfAnotherMaster(master, "after"));
        master.pause(TIMEOUT.plus(MOMENT));

        CompletableFuture<Verdict> verdict = start(service.store().validate(foreign));
        CompletableFuture<?> renewal = start(service.store().renew(foreign, OptionalLong.empty()));
        CompletableFuture<?> expiry = start(service.store().expire(foreign, now()));
        world.run(TIMEOUT.plus(MOMENT));

        assertThat(verdict.join()).isInstanceOf(Verdict.Unknown.class);
        assertThat(renewal)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(StoreUnavailableException.class);
        assertThat(expiry)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(StoreUnavailableException.class);
        network.heal(master.host(), replica.host());
        world.run(RECOVERY);
        assertThat(await(store.validate(foreign))).isInstanceOf(Verdict.Active.class);
    }

    private void create(TokenStore store, TokenHash hash, String sub) {
        assertThat(await(store.create(TokenDraft.of(sub, now()).hash(hash).foreign())))
                .isInstanceOf(Creation.Created.class);
    }

    private String subjectOfAnotherMaster(SimulatedNode master, String name) {
        return Stream.iterate(1, i -> i + 1)
                .map(i -> name + "-" + i)
                .filter(sub -> masterOf("tc:{" + RoutingTag.ofSubject(sub).value() + "}") != master)
                .findFirst()
                .orElseThrow();
    }

    private long now() {
        return world.time().clock().millis();
    }

    private static <T> CompletableFuture<T> start(Uni<T> call) {
        return call.subscribeAsCompletionStage();
    }

    private static <T> T await(Uni<T> call) {
        return call.await().indefinitely();
    }

    private SimulatedNode master() {
        return masterOf("key");
    }

    private SimulatedNode masterOf(String key) {
        return cluster.node(service.router().master(key.getBytes(StandardCharsets.UTF_8)));
    }

    private SimulatedNode replicaOf(SimulatedNode master) {
        return cluster.nodes().get(cluster.nodes().indexOf(master) + 3);
    }

    /** Cuts the service off from a node, which its replica and the other nodes still reach. */
    private void cut(SimulatedNode node, boolean isCut) {
        if (isCut) {
            network.cut(HOST, node.host());
            network.cut(node.host(), HOST);
        } else {
            network.heal(HOST, node.host());
            network.heal(node.host(), HOST);
        }
    }

    private Future<RoutedReply> write(String value) {
        return service.router()
                .write(
                        KEY,
                        until -> Request.cmd(Command.SET).arg("key").arg(value),
                        service.router().deadline(TIMEOUT));
    }

    private void set(String value) {
        Future<RoutedReply> written = write(value);
        world.run(MOMENT);
        assertThat(written.succeeded()).isTrue();
        // Until the router has seen that the replica has it, too.
        world.run(Duration.ofSeconds(2));
    }

    private Future<RoutedReply> startRead() {
        return service.router()
                .read(KEY, Request.cmd(Command.GET).arg("key"), service.router().deadline(TIMEOUT));
    }

    /** Reads the key. */
    private RoutedReply read() {
        Future<RoutedReply> reply = startRead();
        world.run(TIMEOUT.plus(MOMENT));
        assertThat(reply.isComplete()).isTrue();
        if (reply.failed()) {
            throw (RouteException) reply.cause();
        }
        return reply.result();
    }
}
