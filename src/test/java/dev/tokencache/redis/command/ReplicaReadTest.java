package dev.tokencache.redis.command;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RecordedEvents;
import dev.tokencache.redis.Reply;
import dev.tokencache.redis.RouteException;
import dev.tokencache.redis.RouterEvents.Distrust;
import dev.tokencache.redis.command.RoutedCommand.Kind;
import dev.tokencache.redis.command.RoutedCommand.Route;
import dev.tokencache.redis.connection.FakeNode;
import dev.tokencache.redis.topology.FakeCluster;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.VirtualTime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.tokencache.redis.topology.FakeCluster.MASTER;
import static dev.tokencache.redis.topology.FakeCluster.OTHER_MASTER;
import static dev.tokencache.redis.topology.FakeCluster.REPLICA;
import static dev.tokencache.redis.topology.FakeCluster.SECOND_REPLICA;
import static dev.tokencache.redis.topology.FakeCluster.SLOT_OF_MASTER;
import static dev.tokencache.redis.topology.FakeCluster.SLOT_OF_OTHER_MASTER;
import static dev.tokencache.redis.topology.FakeCluster.THIRD_MASTER;
import static org.assertj.core.api.Assertions.assertThat;

/** Which reads a replica may serve while its master is silent: a revoked token must not be active on it. */
class ReplicaReadTest {

    private static final String GET = "get a";
    private static final RedisSettings SETTINGS = RedisSettings.usual();
    private static final Duration CALL = Duration.ofSeconds(2);
    /** Longer than any time that the service takes to notice something. */
    private static final Duration LONG = Duration.ofSeconds(5);
    /** Just too long ago for a report or a contact to count. */
    private static final Duration TOO_LONG = Duration.ofMillis(1001);

    private RedisSettings settings = SETTINGS;
    private FakeCluster cluster;
    private VirtualTime time;
    private RecordedEvents events;

    @BeforeEach
    void start() {
        start(new FakeCluster(settings));
    }

    private void start(FakeCluster created) {
        cluster = created.start();
        time = cluster.nodes().time();
        events = cluster.nodes().events();
        respond(REPLICA, "replica");
        respond(SECOND_REPLICA, "second replica");
        time.advance(LONG);
    }

    private void startWithTwoReplicas() {
        start(new FakeCluster(settings).addReplica());
    }

    /** Replies to every {@code GET} on a node, and as a working node to everything else. */
    private void respond(Endpoint node, String value) {
        cluster.node(node).respond(request -> request.equals(GET) ? Reply.text(value) : cluster.reply(node, request));
    }

    private void respondWithError(Endpoint node, String error) {
        cluster.node(node)
                .respond(request -> request.equals(GET) ? FakeNode.error(error) : cluster.reply(node, request));
    }

    /** The master stops to reply, to this service and to no one else. */
    private void cutOff(Endpoint node) {
        cluster.node(node).kill();
    }

    /** How often a node was queried for its view of the cluster. */
    private int views(Endpoint node) {
        return Collections.frequency(cluster.node(node).received(), "cluster SLOTS");
    }

    private void refuse(Endpoint node, String refused) {
        cluster.node(node)
                .respond(request ->
                        request.equals(refused) ? FakeNode.error("ERR unavailable") : cluster.reply(node, request));
    }

    private Future<RoutedReply> send(int slot, Kind kind) {
        Promise<RoutedReply> promise = Promise.promise();
        Route route = new Route(
                time,
                cluster.connections(),
                cluster.topology(),
                cluster.breakers(),
                events,
                settings.replicaReadAfter().toNanos());
        Request request = Request.cmd(Command.GET, "a");
        new RoutedCommand(slot, request, null, kind, route, Deadline.in(CALL, time), promise).start();
        return promise.future();
    }

    /** The reply to a read that starts now, or "unknown" if there is none before its deadline. */
    private String read() {
        return read(SLOT_OF_MASTER);
    }

    private String read(int slot) {
        Future<RoutedReply> call = send(slot, Kind.READ);
        for (int waited = 0; !call.isComplete() && waited < CALL.toMillis(); waited++) {
            time.advance(Duration.ofMillis(1));
        }
        if (call.succeeded()) {
            return call.result().response().toString();
        }
        assertThat(call.cause()).isInstanceOf(RouteException.class);
        return "unknown";
    }

    private void assertUnknownForLong(Distrust reason) {
        for (int call = 0; call < 10; call++) {
            assertThat(read()).isEqualTo("unknown");
            time.advance(Duration.ofMillis(100));
        }
        assertThat(events.count(reason.name())).isPositive();
    }

    @Test
    void shouldReadFromTheReplicaOfAKilledMasterWithinASecond() {
        cluster.kill(MASTER);
        Future<RoutedReply> call = send(SLOT_OF_MASTER, Kind.READ);

        time.advance(Duration.ofSeconds(1));

        assertThat(call.result().response()).hasToString("replica");
        assertThat(call.result().isFromReplica()).isTrue();
        assertThat(read()).isEqualTo("replica");
        time.advance(LONG);
        assertThat(read()).as("until the promotion").isEqualTo("replica");
    }

    @Test
    void shouldAnswerWhileTheReplicaIsPromotedAndTheBreakerOfItsMasterIsOpen() {
        cluster.kill(MASTER);
        time.advance(Duration.ofSeconds(1));
        for (int write = 0; write < 20; write++) {
            send(SLOT_OF_MASTER, Kind.WRITE);
        }
        time.advance(CALL);
        assertThat(cluster.breakers().openCount()).isEqualTo(1);
        assertThat(read()).isEqualTo("replica");

        List<Endpoint> others = List.of(REPLICA, OTHER_MASTER, THIRD_MASTER);
        Map<Endpoint, Object> outdated = new HashMap<>();
        others.forEach(node -> outdated.put(node, cluster.reply(node, "cluster NODES")));
        cluster.promoteReplica(6);
        // The replica says that it is a master before any node says which slots it has.
        others.forEach(node -> cluster.node(node).respond(request -> switch (request) {
            case GET -> Reply.text("replica");
            case "cluster NODES" -> outdated.get(node);
            default -> cluster.reply(node, request);
        }));
        List<Future<RoutedReply>> calls = new ArrayList<>();
        for (int call = 0; call < 1_000; call++) {
            if (call == 200) {
                others.forEach(node -> respond(node, "promoted"));
            }
            calls.add(send(SLOT_OF_MASTER, Kind.READ));
            time.advance(Duration.ofMillis(2));
        }
        time.advance(CALL);

        assertThat(calls).allMatch(Future::succeeded);
    }

    @Test
    void shouldNotWriteToTheReplica() {
        cluster.kill(MASTER);
        time.advance(Duration.ofSeconds(1));

        Future<RoutedReply> call = send(SLOT_OF_MASTER, Kind.WRITE);
        time.advance(CALL);

        assertThat(call.failed()).isTrue();
        assertThat(cluster.node(REPLICA).received()).doesNotContain(GET);
    }

    @Test
    void shouldNotReadFromTheReplicaBeforeTheMasterHasBeenSilentLongEnough() {
        cluster.kill(MASTER);
        Future<RoutedReply> call = send(SLOT_OF_MASTER, Kind.READ);

        time.advance(settings.replicaReadAfter().minusMillis(1));

        assertThat(call.isComplete()).isFalse();
    }

    @Test
    void shouldNotReadFromTheReplicaRightAfterAStall() {
        cluster.reportFailed(MASTER);
        cluster.node(MASTER).respond(request -> null);
        send(SLOT_OF_MASTER, Kind.READ);

        time.stall(settings.replicaReadAfter());

        assertThat(send(SLOT_OF_MASTER, Kind.READ).isComplete())
                .as("the master may have replied")
                .isFalse();
    }

    @Test
    void shouldNotTrustTheReplicaOfAMasterThatOnlyThisServiceCannotReach() {
        cutOff(MASTER);

        assertUnknownForLong(Distrust.MASTER_NOT_FAILED);
    }

    @Test
    void shouldTrustTheReplicaForAsLongAsConfigured() {
        settings = SETTINGS.withMaxReplicaLag(Duration.ofSeconds(1));
        start();
        cutOff(MASTER);
        time.advance(settings.replicaReadAfter());

        assertThat(read()).isEqualTo("replica");
        time.advance(TOO_LONG.minus(settings.replicaReadAfter()));

        assertUnknownForLong(Distrust.MASTER_NOT_FAILED);
    }

    @Test
    void shouldNotTrustAReplicaThatLacksWhatTheMasterHad() {
        cluster.replication(MASTER).offset(1001);
        time.advance(Duration.ofSeconds(1));
        cluster.kill(MASTER);

        assertUnknownForLong(Distrust.REPLICA_BEHIND);
    }

    @Test
    void shouldTrustAReplicaThatHasMoreThanTheMasterHadAtItsLastReply() {
        cluster.replication(REPLICA).offset(2000);
        cluster.kill(MASTER);
        time.advance(Duration.ofSeconds(1));

        assertThat(read()).isEqualTo("replica");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadFromTheFreshestOfSeveralReplicas(boolean isFirst) {
        startWithTwoReplicas();
        cluster.replication(isFirst ? REPLICA : SECOND_REPLICA).offset(2000);
        cluster.kill(MASTER);
        time.advance(Duration.ofSeconds(1));

        assertThat(read()).isEqualTo(isFirst ? "replica" : "second replica");
    }

    @Test
    void shouldNotTrustOneReplicaWhileAnotherOneMayHaveMore() {
        startWithTwoReplicas();
        cutOff(SECOND_REPLICA);
        cluster.kill(MASTER);

        assertUnknownForLong(Distrust.REPLICA_UNKNOWN);
    }

    @Test
    void shouldNotForgetAReplicaThatTheClusterDropsWithItsMaster() {
        startWithTwoReplicas();
        cutOff(SECOND_REPLICA);
        cluster.kill(MASTER);
        cluster.removeReplica();

        assertUnknownForLong(Distrust.REPLICA_UNKNOWN);
    }

    @Test
    void shouldReadFromTheReplicaOfAHangingMasterOnceTheClusterReportsIt() {
        cluster.node(MASTER).respond(request -> null);

        assertThat(read()).isEqualTo("unknown");
        cluster.reportFailed(MASTER);
        time.advance(Duration.ofMillis(500));

        assertThat(read()).isEqualTo("replica");
    }

    @Test
    void shouldNotTakeTheWordOfOneMaster() {
        cluster.overlook(OTHER_MASTER);
        cluster.kill(MASTER);

        assertUnknownForLong(Distrust.MASTER_NOT_FAILED);
    }

    @Test
    void shouldNotTakeOldReports() {
        cluster.kill(MASTER);
        time.advance(Duration.ofSeconds(1));
        assertThat(read()).isEqualTo("replica");
        refuse(OTHER_MASTER, "cluster NODES");
        time.advance(TOO_LONG);

        assertUnknownForLong(Distrust.MASTER_NOT_FAILED);
    }

    @Test
    void shouldNotTrustTheReplicaAfterTheMasterIsBack() {
        cluster.kill(MASTER);
        time.advance(Duration.ofSeconds(1));
        assertThat(read()).isEqualTo("replica");

        cluster.reportWorking(MASTER);
        time.advance(Duration.ofMillis(300));

        assertUnknownForLong(Distrust.MASTER_NOT_FAILED);
    }

    @Test
    void shouldNotTrustTheReplicaIfThisServiceWasCutOffLongBeforeTheMasterEnded() {
        cutOff(MASTER);
        time.advance(LONG);

        cluster.kill(MASTER);
        assertUnknownForLong(Distrust.MASTER_NOT_FAILED);

        cluster.reportFailed(MASTER);
        time.advance(Duration.ofSeconds(1));
        assertThat(read()).as("it is about to be promoted").isEqualTo("replica");
    }

    @Test
    void shouldNotTrustTheReplicaOfAMasterThatEndedAgainWhileThisServiceWasCutOff() {
        cluster.kill(MASTER);
        time.advance(Duration.ofMillis(500));
        cluster.reportWorking(MASTER);
        cluster.replication(REPLICA).restoreLink();
        time.advance(LONG);

        cluster.kill(MASTER);

        assertUnknownForLong(Distrust.MASTER_NOT_FAILED);
    }

    @Test
    void shouldForgetAFailureWhenTheMasterRepliesAgain() {
        cluster.kill(MASTER);
        time.advance(Duration.ofMillis(500));
        cluster.node(MASTER).accept();
        cluster.replication(REPLICA).restoreLink();
        time.advance(LONG);
        List.of(OTHER_MASTER, THIRD_MASTER).forEach(master -> refuse(master, "cluster NODES"));
        cutOff(MASTER);
        time.advance(LONG);

        cluster.kill(MASTER);
        List.of(OTHER_MASTER, THIRD_MASTER)
                .forEach(master -> cluster.node(master).respond(request -> cluster.reply(master, request)));

        assertUnknownForLong(Distrust.MASTER_NOT_FAILED);
    }

    @Test
    void shouldNotTrustAReplicaThatIsConnectedToAMasterThatOthersAreDisconnectedFrom() {
        cluster.kill(MASTER);
        cluster.replication(REPLICA).restoreLink();

        assertUnknownForLong(Distrust.MASTER_NOT_FAILED);
    }

    @Test
    void shouldNotTrustAReplicaDuringAFullSynchronization() {
        cluster.replication(REPLICA).sync();
        cluster.kill(MASTER);

        assertUnknownForLong(Distrust.REPLICA_UNKNOWN);
    }

    @Test
    void shouldNotCompareOffsetsOfDifferentStreams() {
        cluster.replication(REPLICA).history("another").offset(9000);
        cluster.kill(MASTER);

        assertUnknownForLong(Distrust.REPLICA_UNKNOWN);
    }

    @Test
    void shouldNotReadFromAReplicaThatMayHaveRestartedSinceItsLastPoll() {
        cluster.kill(MASTER);
        time.advance(Duration.ofSeconds(1));
        assertThat(read()).isEqualTo("replica");
        cluster.node(REPLICA).respond(request -> switch (request) {
            case GET -> Reply.text("restarted");
            case "info replication" -> null;
            default -> cluster.reply(REPLICA, request);
        });

        cluster.node(REPLICA).restart();

        assertUnknownForLong(Distrust.REPLICA_UNKNOWN);
    }

    @Test
    void shouldReadFromAMasterOfRedis3() {
        cluster.replication(MASTER).history(null);
        cluster.replication(REPLICA).history(null);
        time.advance(LONG);
        cluster.kill(MASTER);
        time.advance(Duration.ofSeconds(1));

        assertThat(read()).isEqualTo("replica");
    }

    @Test
    void shouldNotCompareOffsetsFromBeforeTheRestartOfAMasterOfRedis3() {
        cluster.replication(MASTER).history(null);
        cluster.replication(REPLICA).history(null);
        time.advance(LONG);
        cluster.loseLinks();
        cluster.replication(MASTER).offset(10);
        time.advance(LONG);
        cluster.kill(MASTER);

        assertUnknownForLong(Distrust.REPLICA_UNKNOWN);
    }

    @Test
    void shouldReadFromTheReplicaOfAMasterThatServesNoOne() {
        respondWithError(MASTER, "LOADING Redis is loading the dataset in memory");

        assertThat(read()).isEqualTo("replica");
        cluster.replication(MASTER).offset(1001);
        time.advance(Duration.ofSeconds(1));
        assertThat(read()).as("behind").isEqualTo("unknown");
    }

    @Test
    void shouldReportAnythingAsUnknownWhileTheOthersMayHaveReplacedTheMaster() {
        respond(MASTER, "outdated");
        assertThat(read()).isEqualTo("outdated");
        cutOff(OTHER_MASTER);
        cutOff(THIRD_MASTER);
        time.advance(TOO_LONG);

        assertUnknownForLong(Distrust.MINORITY);
    }

    @Test
    void shouldNotConfirmAWriteThatTheOthersWillDiscard() {
        respond(MASTER, "written");
        cutOff(OTHER_MASTER);
        cutOff(THIRD_MASTER);
        time.advance(TOO_LONG);

        Future<RoutedReply> call = send(SLOT_OF_MASTER, Kind.WRITE);
        time.advance(CALL);

        assertThat(call.failed()).isTrue();
    }

    @Test
    void shouldNotTrustAReplacedMasterWhenTheOthersAreBack() {
        respond(MASTER, "outdated");
        List<Endpoint> others = List.of(OTHER_MASTER, THIRD_MASTER);
        others.forEach(this::cutOff);
        time.advance(LONG);
        cluster.promoteReplica(6);
        // It reconnects to one master first, which completes a majority.
        List<Endpoint> reachable = List.of(MASTER, REPLICA, OTHER_MASTER);
        List<Integer> views = reachable.stream().map(this::views).toList();
        others.forEach(master -> cluster.node(master).accept());

        String verdict = read();
        while (verdict.equals("unknown")) {
            verdict = read();
        }

        assertThat(verdict).isEqualTo("replica");
        assertThat(reachable).allMatch(node -> views(node) > views.get(reachable.indexOf(node)), "queried");
    }

    @Test
    void shouldNotTrustTheViewOfTheReplacedMasterWhenTheOthersAreBack() {
        Object outdatedSlots = cluster.reply(MASTER, "cluster SLOTS");
        Object outdatedInfo = cluster.reply(MASTER, "cluster INFO");
        Object outdatedNodes = cluster.reply(MASTER, "cluster NODES");
        cluster.node(MASTER).respond(request -> switch (request) {
            case GET -> Reply.text("outdated");
            case "cluster SLOTS" -> outdatedSlots;
            case "cluster INFO" -> outdatedInfo;
            case "cluster NODES" -> outdatedNodes;
            default -> cluster.reply(MASTER, request);
        });
        List<Endpoint> others = List.of(OTHER_MASTER, THIRD_MASTER, REPLICA);
        others.forEach(this::cutOff);
        time.advance(LONG);
        cluster.promoteReplica(6);
        others.forEach(node -> {
            refuse(node, "cluster SLOTS");
            cluster.node(node).accept();
        });

        assertUnknownForLong(Distrust.MINORITY);

        others.forEach(node -> respond(node, "promoted"));
        time.advance(LONG);
        assertThat(read()).isEqualTo("promoted");
    }

    @Test
    void shouldNotTrustAReplacedMasterAfterAStallOfThisProcess() {
        respond(MASTER, "outdated");
        cluster.promoteReplica(6);
        time.stall(LONG);

        assertThat(read()).isEqualTo("replica");
    }

    @Test
    void shouldServeTheOtherShardsWhileOneMasterIsDown() {
        respond(OTHER_MASTER, "other");
        cluster.kill(MASTER);

        for (int call = 0; call < 100; call++) {
            assertThat(read(SLOT_OF_OTHER_MASTER)).isEqualTo("other");
            time.advance(Duration.ofMillis(50));
        }
        assertThat(events.count(Distrust.MINORITY.name())).isZero();
    }
}
