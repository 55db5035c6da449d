package dev.tokencache.redis.connection;

import dev.tokencache.redis.Reply;
import dev.tokencache.testing.VirtualTime;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PipelinedConnectionTest {

    private static final Duration DEADLINE = Duration.ofMillis(300);
    /** The connect timeout and the command timeout of the test settings. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration FIRST_RECONNECT_MIN = Duration.ofMillis(25);
    private static final Duration FIRST_RECONNECT_MAX = Duration.ofMillis(75);

    private final FakeNodes nodes = new FakeNodes();
    private final VirtualTime time = nodes.time();
    private final FakeNode node = nodes.node(FakeNodes.SEED);
    private final RecordingCommand command = new RecordingCommand("a");
    private final AtomicInteger downs = new AtomicInteger();
    private final PipelinedConnection connection = connection(null);

    private PipelinedConnection connection(@Nullable Request setup) {
        return new PipelinedConnection(
                nodes.context(), FakeNodes.SEED, DEADLINE, setup, () -> {}, downs::incrementAndGet);
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
        assertThat(nodes.events().count("connectFailed")).isEqualTo(1);
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
        assertThat(nodes.events().count("connectFailed")).isEqualTo(1);
        assertThat(node.attempts()).isEqualTo(2);
        assertThat(connection.isReady()).isTrue();
    }

    @Test
    void shouldCloseTheConnectionOfANodeThatMissesTheDeadlineAndReconnect() {
        connection.open();
        connection.send(command);
        FakeNode.Link first = node.link();

        time.advance(DEADLINE);
        connection.checkDeadline();
        assertThat(command.outcomes()).isEmpty();
        time.advance(Duration.ofMillis(1));
        connection.checkDeadline();

        assertThat(command.outcomes()).containsExactly("lost");
        assertThat(first.isClosed()).isTrue();
        assertThat(nodes.events().count("deadlineClosed")).isEqualTo(1);
        time.advance(FIRST_RECONNECT_MIN.minusMillis(1));
        assertThat(node.attempts()).isEqualTo(1);
        time.advance(FIRST_RECONNECT_MAX);
        assertThat(node.attempts()).isEqualTo(2);
        assertThat(connection.isReady()).isTrue();
    }

    @Test
    void shouldReconnectWithIncreasingDelays() {
        node.refuse();
        connection.open();

        time.advance(Duration.ofSeconds(1));
        int attemptsOfFirstSecond = node.attempts();
        time.advance(Duration.ofSeconds(9));

        assertThat(attemptsOfFirstSecond).isBetween(4, 8);
        assertThat(node.attempts() - attemptsOfFirstSecond).isBetween(6, 19);
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

        assertThat(command.outcomes()).containsExactly("lost");
        assertThat(late.outcomes()).containsExactly("not sent");
        assertThat(node.attempts()).isEqualTo(1);
        assertThat(node.link().isClosed()).isTrue();
    }
}
