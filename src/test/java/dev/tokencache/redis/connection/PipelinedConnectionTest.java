package dev.tokencache.redis.connection;

import dev.tokencache.redis.Reply;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.VirtualTime;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PipelinedConnectionTest {

    private static final RedisSettings SETTINGS = RedisSettings.usual();
    private static final Duration COMMAND_TIMEOUT = SETTINGS.commandTimeout();
    private static final Duration CONNECT_TIMEOUT = SETTINGS.connectTimeout();
    /** How long a node must be silent until its connection is closed. */
    private static final Duration CLOSE_AFTER = COMMAND_TIMEOUT.multipliedBy(3);

    private static final Duration FIRST_RECONNECT_MIN = Duration.ofMillis(25);
    private static final Duration FIRST_RECONNECT_MAX = Duration.ofMillis(75);

    private final FakeNodes nodes = new FakeNodes(SETTINGS);
    private final VirtualTime time = nodes.time();
    private final FakeNode node = nodes.node(FakeNodes.SEED);
    private final RecordingCommand command = new RecordingCommand("a");
    private final AtomicInteger downs = new AtomicInteger();
    private final PipelinedConnection connection = connection(null);

    private void checkDeadlinesAfter(Duration step) {
        time.advance(step);
        connection.checkDeadlines();
    }

    private PipelinedConnection connection(@Nullable Request setup) {
        return new PipelinedConnection(nodes.context(), FakeNodes.SEED, setup, () -> {}, downs::incrementAndGet);
    }

    @Test
    void shouldPipelineCommandsAndReportTheirReplies() {
        RecordingCommand second = new RecordingCommand("b");
        connection.open();

        connection.send(command);
        connection.send(second);

        assertThat(node.link().sent()).containsExactly("get a", "get b");
        node.link().reply(Reply.text("1"));
        node.link().reply(FakeNode.error("WRONGTYPE"));
        assertThat(command.outcomes()).containsExactly("reply 1");
        assertThat(second.outcomes()).containsExactly("error WRONGTYPE");
    }

    @Test
    void shouldQueueCommandsUntilTheFirstConnectionIsUp() {
        node.hang();
        connection.open();

        connection.send(command);
        assertThat(node.link().sent()).isEmpty();
        node.link().accept();

        assertThat(node.link().sent()).containsExactly("get a");
        assertThat(command.outcomes()).isEmpty();
    }

    @Test
    void shouldNotQueueCommandsLongerThanTheCommandTimeout() {
        node.hang();
        connection.open();
        connection.send(command);

        time.advance(CONNECT_TIMEOUT);

        assertThat(command.outcomes()).containsExactly("not sent");
    }

    @Test
    void shouldRejectCommandsWhileTheNodeIsDown() {
        node.refuse();
        connection.open();

        connection.send(command);

        assertThat(command.outcomes()).containsExactly("not sent");
        assertThat(connection.isReady()).isFalse();
        assertThat(downs).hasValue(1);
        assertThat(nodes.events().count("CONNECT_FAILED")).isEqualTo(1);
    }

    @Test
    void shouldGiveUpAConnectionAttemptAfterTheConnectTimeout() {
        node.hang();
        connection.open();
        FakeNode.Link hanging = node.link();

        time.advance(CONNECT_TIMEOUT);
        node.accept();
        time.advance(FIRST_RECONNECT_MAX);
        hanging.accept();

        assertThat(hanging.isClosed()).isTrue();
        assertThat(nodes.events().count("CONNECT_FAILED")).isEqualTo(1);
        assertThat(node.attempts()).isEqualTo(2);
        assertThat(connection.isReady()).isTrue();
    }

    @Test
    void shouldCloseTheConnectionOfANodeThatStaysSilentAndReconnect() {
        connection.open();
        connection.send(command);
        FakeNode.Link first = node.link();

        time.advance(CLOSE_AFTER);
        connection.checkDeadlines();
        assertThat(command.outcomes()).isEmpty();
        time.advance(Duration.ofMillis(1));
        connection.checkDeadlines();

        assertThat(command.outcomes()).containsExactly("lost");
        assertThat(first.isClosed()).isTrue();
        assertThat(nodes.events().count("DEADLINE_CLOSED")).isEqualTo(1);
        time.advance(FIRST_RECONNECT_MIN.minusMillis(1));
        assertThat(node.attempts()).isEqualTo(1);
        time.advance(FIRST_RECONNECT_MAX);
        assertThat(node.attempts()).isEqualTo(2);
        assertThat(connection.isReady()).isTrue();
    }

    @Test
    void shouldWaitForALateReplyInsteadOfSendingTheCommandAgain() {
        connection.open();
        connection.send(command);

        checkDeadlinesAfter(COMMAND_TIMEOUT.plusMillis(1));

        assertThat(connection.isReady()).as("silent").isFalse();
        assertThat(downs).hasValue(1);
        RecordingCommand next = new RecordingCommand("b");
        connection.send(next);
        assertThat(next.outcomes()).containsExactly("not sent");
        node.link().reply(Reply.text("1"));
        assertThat(command.outcomes()).containsExactly("reply 1");
        assertThat(connection.isReady()).isTrue();
        assertThat(nodes.events().count("DEADLINE_CLOSED")).isZero();
    }

    @Test
    void shouldGiveUpCommandsThatAnotherNodeCanServeWhenTheNodeFallsSilent() {
        RecordingCommand next = new RecordingCommand("b");
        connection.open();
        connection.send(command.withAlternative());
        connection.send(next);

        checkDeadlinesAfter(COMMAND_TIMEOUT.plusMillis(1));

        assertThat(command.outcomes()).containsExactly("lost");
        node.link().reply(Reply.text("late"));
        node.link().reply(Reply.text("2"));
        assertThat(command.outcomes()).containsExactly("lost");
        assertThat(next.outcomes()).containsExactly("reply 2");
    }

    @Test
    void shouldEndACommandAtItsDeadlineWhileItWaitsForItsReply() {
        connection.open();
        connection.send(command.withDeadline(time.nanoTime() + COMMAND_TIMEOUT.toNanos() / 2));

        checkDeadlinesAfter(COMMAND_TIMEOUT.dividedBy(2));

        assertThat(command.outcomes()).containsExactly("expired");
        node.link().reply(Reply.text("late"));
        assertThat(command.outcomes()).containsExactly("expired");
        assertThat(connection.isReady()).isTrue();
    }

    @Test
    void shouldEndAQueuedCommandAtItsDeadlineAndNotSendIt() {
        node.hang();
        connection.open();
        RecordingCommand late = new RecordingCommand("b");
        connection.send(
                command.withDeadline(time.nanoTime() + Duration.ofMillis(100).toNanos()));
        connection.send(
                late.withDeadline(time.nanoTime() + Duration.ofMillis(200).toNanos()));

        checkDeadlinesAfter(Duration.ofMillis(100));
        assertThat(command.outcomes()).containsExactly("expired");
        time.advance(Duration.ofMillis(100));
        node.link().accept();

        assertThat(late.outcomes()).containsExactly("expired");
        assertThat(node.received()).isEmpty();
    }

    @Test
    void shouldWaitLongerForANodeWhoseRepliesUsuallyTakeLonger() {
        Duration roundTrip = COMMAND_TIMEOUT.plusMillis(200);
        node.hang();
        connection.open();
        time.advance(CONNECT_TIMEOUT);
        time.advance(FIRST_RECONNECT_MAX);
        assertThat(node.attempts()).as("the second attempt may take longer").isEqualTo(2);
        time.advance(roundTrip.multipliedBy(3).dividedBy(2));
        node.link().accept();
        assertThat(connection.isReady()).isTrue();
        connection.send(command);

        checkDeadlinesAfter(roundTrip);

        assertThat(connection.isReady()).isTrue();
        assertThat(connection.isSilentFor(1)).isFalse();
        assertThat(command.outcomes()).isEmpty();
    }

    @Test
    void shouldReconnectWithIncreasingDelays() {
        node.refuse();
        connection.open();

        time.advance(Duration.ofSeconds(1));
        int attemptsOfFirstSecond = node.attempts();
        time.advance(Duration.ofSeconds(9));

        assertThat(attemptsOfFirstSecond).isBetween(4, 8);
        assertThat(node.attempts() - attemptsOfFirstSecond).isBetween(12, 36);
    }

    @Test
    void shouldStartWithTheFirstDelayAgainAfterASuccess() {
        node.refuse();
        connection.open();
        time.advance(Duration.ofSeconds(10));
        node.accept();
        time.advance(Duration.ofSeconds(2));
        int attempts = node.attempts();

        node.link().drop();
        time.advance(FIRST_RECONNECT_MAX);

        assertThat(node.attempts()).isEqualTo(attempts + 1);
    }

    @Test
    void shouldIgnoreLateRepliesOfAnEarlierConnection() {
        connection.open();
        connection.send(command);
        FakeNode.Link old = node.link();
        old.drop();
        time.advance(FIRST_RECONNECT_MAX);
        RecordingCommand next = new RecordingCommand("b");
        connection.send(next);

        old.reply(Reply.text("late"));
        old.drop();

        assertThat(command.outcomes()).containsExactly("lost");
        assertThat(next.outcomes()).isEmpty();
        node.link().reply(Reply.text("2"));
        assertThat(next.outcomes()).containsExactly("reply 2");
    }

    @Test
    void shouldTreatTheClientsErrorForAClosedConnectionAsALoss() {
        connection.open();
        connection.send(command);

        node.link().reply(FakeNode.error("CONNECTION_CLOSED"));

        assertThat(command.outcomes()).containsExactly("lost");
        assertThat(connection.isReady()).isFalse();
    }

    @Test
    void shouldSendAskingRightBeforeTheCommand() {
        connection.open();

        connection.sendAsking(command);

        assertThat(node.link().sent()).containsExactly("asking", "get a");
        node.link().reply(Reply.text("OK"));
        node.link().reply(Reply.text("1"));
        assertThat(command.outcomes()).containsExactly("reply 1");
    }

    @Test
    void shouldNotSendAskingWithoutAConnection() {
        node.refuse();
        connection.open();

        connection.sendAsking(command);

        assertThat(command.outcomes()).containsExactly("not sent");
    }

    @Test
    void shouldRejectCommandsBeyondItsLimit() {
        connection.open();
        for (int i = 0; i < PipelinedConnection.MAX_IN_FLIGHT; i++) {
            connection.send(new RecordingCommand("b"));
        }

        connection.send(command);

        assertThat(command.outcomes()).containsExactly("overload");
    }

    @Test
    void shouldRejectCommandsBeyondItsLimitWhileItConnects() {
        node.hang();
        connection.open();
        for (int i = 0; i < PipelinedConnection.MAX_IN_FLIGHT; i++) {
            connection.send(new RecordingCommand("b"));
        }

        connection.send(command);

        assertThat(command.outcomes()).containsExactly("overload");
    }

    @Test
    void shouldSendTheSetupCommandFirstOnEachConnection() {
        PipelinedConnection readonly = connection(Request.cmd(Command.READONLY));
        readonly.open();
        node.link().drop();
        time.advance(FIRST_RECONNECT_MAX);

        readonly.send(command);

        assertThat(node.received()).containsExactly("readonly", "readonly", "get a");
    }

    @Test
    void shouldCountSilenceFromTheOldestCommandInFlight() {
        connection.open();
        time.advance(Duration.ofSeconds(5));
        assertThat(connection.isSilentFor(1)).isFalse();
        connection.send(command);

        time.advance(Duration.ofMillis(100));

        assertThat(connection.isSilentFor(Duration.ofMillis(100).toNanos())).isTrue();
        assertThat(connection.isSilentFor(Duration.ofMillis(101).toNanos())).isFalse();
        node.kill();
        time.advance(Duration.ofMillis(1));
        assertThat(connection.isSilentFor(Duration.ofMillis(101).toNanos())).isTrue();
    }

    @Test
    void shouldEndAllCommandsAndNotReconnectWhenItIsClosed() {
        connection.open();
        connection.send(command);

        connection.close();
        time.advance(Duration.ofSeconds(10));
        RecordingCommand late = new RecordingCommand("b");
        connection.send(late);

        assertThat(nodes.logged()).isEmpty();
        assertThat(command.outcomes()).containsExactly("lost");
        assertThat(late.outcomes()).containsExactly("not sent");
        assertThat(node.attempts()).isEqualTo(1);
        assertThat(node.link().isClosed()).isTrue();
    }

    @Test
    void shouldLogOnceWhyTheNodeRefusesCommands() {
        node.respond(request -> FakeNode.error(
                request.equals("readonly")
                        ? "NOPERM this user has no permissions to run the 'readonly' command"
                        : "NOPERM User alice has no permissions to run the 'get' command"));
        connection(Request.cmd(Command.READONLY)).open();
        connection.open();

        for (int i = 0; i < 3; i++) {
            connection.send(new RecordingCommand("a"));
        }

        assertThat(nodes.logged())
                .containsExactly(
                        "WARN Redis node refuses commands; reason=the user lacks a permission, reply=NOPERM readonly",
                        "WARN Redis node refuses commands; reason=the user lacks a permission, reply=NOPERM get");
    }

    @Test
    void shouldLogOnceThatRepliesUsuallyTakeLongerThanTheCommandTimeout() {
        node.delay(time, COMMAND_TIMEOUT.plusMillis(200));
        node.respond(request -> Reply.text("PONG"));
        connection.open();
        time.advance(CONNECT_TIMEOUT.multipliedBy(4));

        for (int i = 0; i < 3; i++) {
            connection.heartbeat();
            time.advance(COMMAND_TIMEOUT.multipliedBy(2));
        }

        assertThat(nodes.logged()).filteredOn(line -> line.contains(" slow: ")).hasSize(1);
    }
}
