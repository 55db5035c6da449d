package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.Reply;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EventLoopConnectionsTest {

    private static final Endpoint NODE = FakeNodes.SEED;
    private static final Endpoint REPLICA = new Endpoint("10.0.0.2", 7000);
    private static final RedisSettings SETTINGS = RedisSettings.usual().withMinReplicas(1);
    private static final Duration COMMAND_TIMEOUT = SETTINGS.commandTimeout();
    /** How long a node must be silent until its connection is closed. */
    private static final Duration CLOSE_AFTER = COMMAND_TIMEOUT.multipliedBy(3);

    private static final Duration STALL = CLOSE_AFTER.plusMillis(1);

    private final FakeNodes nodes = new FakeNodes(SETTINGS);
    private final VirtualTime time = nodes.time();
    private final FakeNode node = nodes.node(NODE);
    private final List<Endpoint> alive = new ArrayList<>();
    private final EventLoopConnections connections = new EventLoopConnections(nodes.context(), 2, alive::add, () -> {});
    private final RecordingCommand command = new RecordingCommand("a");
    private final RecordingCommand waiting = new RecordingCommand("b");

    @Test
    void shouldCloseTheConnectionOfANodeThatStaysSilent() {
        connections.connection(NODE).send(command);

        time.advance(CLOSE_AFTER);
        assertThat(command.outcomes()).isEmpty();
        time.advance(EventLoopConnections.SWEEP_INTERVAL);

        assertThat(command.outcomes()).containsExactly("lost");
    }

    @Test
    void shouldSuspendDeadlinesRightAfterAStall() {
        node.respond(request -> request.equals("ping") ? Reply.text("PONG") : null);
        connections.connection(NODE).send(command);

        time.stall(STALL);
        assertThat(connections.isStalled()).isTrue();
        time.advance(Duration.ofMillis(1));
        assertThat(command.outcomes()).isEmpty();
        node.link().reply(Reply.text("1"));
        time.advance(Duration.ofSeconds(1));

        assertThat(command.outcomes()).containsExactly("reply 1");
        assertThat(connections.isStalled()).isFalse();
        assertThat(nodes.events().count("DEADLINE_CLOSED")).isZero();
    }

    @Test
    void shouldEnforceTheDeadlineOfACallAgainAfterTheGracePeriod() {
        connections.connection(NODE).send(command.withDeadline(inMillis(500)));

        time.stall(STALL);
        time.advance(EventLoopConnections.STALL_GRACE.plus(EventLoopConnections.SWEEP_INTERVAL));

        assertThat(command.outcomes()).containsExactly("expired");
    }

    /** A node on the same machine has stalled, too, and needs time to reply. */
    @Test
    void shouldNotCountAStallAsTheSilenceOfANode() {
        connections.connection(NODE).send(command);

        time.stall(STALL);
        time.advance(CLOSE_AFTER.minus(EventLoopConnections.STALL));
        assertThat(command.outcomes()).isEmpty();
        time.advance(EventLoopConnections.STALL);

        assertThat(command.outcomes()).containsExactly("lost");
    }

    @Test
    void shouldSendHeartbeatsAndReportNodesThatReply() {
        node.respond(request -> request.equals("time") ? null : Reply.text("PONG"));
        connections.connection(NODE);
        assertThat(alive).as("a new connection").hasSize(1);

        time.advance(EventLoopConnections.HEARTBEAT_INTERVAL.multipliedBy(3));

        assertThat(node.received()).containsExactly("ping", "ping", "ping");
        assertThat(alive).containsOnly(NODE).hasSize(4);
    }

    @Test
    void shouldDetectAHangingNodeByItsHeartbeat() {
        connections.connection(NODE);

        time.advance(
                EventLoopConnections.HEARTBEAT_INTERVAL.plus(CLOSE_AFTER).plus(EventLoopConnections.SWEEP_INTERVAL));

        assertThat(nodes.events().count("DEADLINE_CLOSED")).isEqualTo(1);
    }

    @Test
    void shouldOpenConnectionsToTheNodesOfTheClusterAndCloseAllOthers() {
        connections.retain(Set.of(NODE), Set.of(REPLICA));
        assertThat(connections.isUp(NODE)).isTrue();
        assertThat(connections.replicaConnection(REPLICA)).isNotNull();
        assertThat(nodes.node(REPLICA).received()).containsExactly("readonly");

        connections.retain(Set.of(), Set.of());

        assertThat(connections.isUp(NODE)).isFalse();
        assertThat(connections.replicaConnection(REPLICA)).isNull();
        assertThat(node.link().isClosed()).as("commands may be in flight").isFalse();
        time.advance(COMMAND_TIMEOUT);
        assertThat(node.link().isClosed()).isTrue();
        assertThat(nodes.node(REPLICA).link().isClosed()).isTrue();
    }

    /** Health reports a node as unreachable only after an attempt to reach it. */
    @Test
    void shouldEndACallAtItsDeadlineAlthoughItsNodeLeftTheCluster() {
        connections.connection(NODE).send(command.withDeadline(inMillis(100)));
        connections.waitConnection(NODE).send(waiting.withDeadline(inMillis(100)));

        connections.retain(Set.of(), Set.of());
        time.advance(Duration.ofMillis(100).plus(EventLoopConnections.SWEEP_INTERVAL));

        assertThat(command.outcomes()).containsExactly("expired");
        assertThat(waiting.outcomes()).containsExactly("expired");
    }

    @Test
    void shouldTellANodeThatIsDownFromOneThatIsNotKnownYet() {
        assertThat(connections.hasOutcome(NODE)).isFalse();
        node.hang();
        connections.connection(NODE);
        assertThat(connections.hasOutcome(NODE)).isFalse();
        node.link().accept();
        assertThat(connections.hasOutcome(NODE)).isTrue();

        nodes.node(REPLICA).refuse();
        connections.connection(REPLICA);
        assertThat(connections.hasOutcome(REPLICA)).isTrue();
        assertThat(connections.isUp(REPLICA)).isFalse();
        nodes.node(REPLICA).hang();
        time.advance(Duration.ofSeconds(2));
        assertThat(connections.hasOutcome(REPLICA)).as("while it reconnects").isTrue();
    }

    @Test
    void shouldLimitTheCallsInFlight() {
        assertThat(connections.tryStartCall()).isTrue();
        assertThat(connections.tryStartCall()).isTrue();
        assertThat(connections.tryStartCall()).isFalse();

        connections.callEnded();

        assertThat(connections.tryStartCall()).isTrue();
    }

    @Test
    void shouldReportAReplicatedWriteAfterItsWait() {
        RecordingCommand second = new RecordingCommand("b");
        RecordingCommand third = new RecordingCommand("c");
        connections.waitConnection(NODE).send(command);
        connections.waitConnection(NODE).send(second);
        connections.waitConnection(NODE).send(third);
        String wait = "wait 1 " + SETTINGS.replicaTimeout().toMillis();
        assertThat(node.link().sent()).containsExactly("get a", wait);

        node.link().reply(Reply.text("1"));
        assertThat(command.outcomes()).isEmpty();
        node.link().reply(Reply.number(1));

        assertThat(command.outcomes()).containsExactly("reply 1");
        assertThat(node.link().sent()).containsExactly("get a", wait, "get b", "get c", wait);
        node.link().reply(Reply.text("2"));
        node.link().reply(Reply.text("3"));
        node.link().reply(Reply.number(0));
        assertThat(second.outcomes()).containsExactly("under-replicated", "reply 2");
        assertThat(third.outcomes()).containsExactly("under-replicated", "reply 3");
    }

    private long inMillis(int millis) {
        return time.nanoTime() + Duration.ofMillis(millis).toNanos();
    }

    @Test
    void shouldEndAReplicatedWriteAtItsDeadlineWhileItWaitsBehindAnotherWait() {
        connections.waitConnection(NODE).send(command);
        RecordingCommand second = new RecordingCommand("b").withDeadline(inMillis(500));
        connections.waitConnection(NODE).send(second);

        time.advance(Duration.ofMillis(525));

        assertThat(second.outcomes()).containsExactly("expired");
        node.link().reply(Reply.text("1"));
        node.link().reply(Reply.number(1));
        assertThat(command.outcomes()).containsExactly("reply 1");
        assertThat(node.received()).doesNotContain("get b");
    }

    @Test
    void shouldReportAReplicatedWriteAsUnderReplicatedIfItsDeadlinePassesDuringItsWait() {
        connections.waitConnection(NODE).send(command.withDeadline(inMillis(500)));
        node.link().reply(Reply.text("1"));

        time.advance(Duration.ofMillis(525));

        assertThat(command.outcomes()).containsExactly("under-replicated", "reply 1");
        node.link().reply(Reply.number(1));
        assertThat(command.outcomes()).hasSize(2);
    }

    @Test
    void shouldEnforceAllDeadlinesIfTheEndOfAWriteOpensAConnection() {
        connections
                .waitConnection(NODE)
                .send(command.withDeadline(inMillis(500)).then(() -> connections.waitConnection(REPLICA)));
        node.link().reply(Reply.text("1"));
        RecordingCommand second = new RecordingCommand("b").withDeadline(inMillis(500));
        connections.connection(NODE).send(second);

        time.advance(Duration.ofMillis(525));

        assertThat(command.outcomes()).containsExactly("under-replicated", "reply 1");
        assertThat(second.outcomes()).containsExactly("expired");
    }

    @Test
    void shouldNotWaitForReplicasIfNoWriteWasSent() {
        WaitConnection waiting = connections.waitConnection(NODE);
        time.advance(
                EventLoopConnections.HEARTBEAT_INTERVAL.plus(COMMAND_TIMEOUT).plusMillis(100));

        waiting.send(command);

        assertThat(command.outcomes()).as("the node is silent").containsExactly("not sent");
        assertThat(node.received()).containsExactly("ping");
        node.link().reply(Reply.text("PONG"));
        RecordingCommand second = new RecordingCommand("b");
        waiting.send(second);
        assertThat(node.received()).containsExactly("ping", "get b", "wait 1 4000");
    }

    @Test
    void shouldCloseAllConnectionsAndTimers() {
        connections.retain(Set.of(NODE), Set.of(REPLICA));

        connections.close();
        time.advance(Duration.ofSeconds(10));

        assertThat(node.link().isClosed()).isTrue();
        assertThat(node.attempts()).isEqualTo(1);
        assertThat(time.pendingTimers()).isZero();
    }
}
