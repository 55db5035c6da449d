package dev.tokencache.redis.connection;

import dev.tokencache.redis.Reply;
import dev.tokencache.testing.VirtualTime;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A connection sends commands only to a node with an accepted id. */
class NodeIdentityTest {

    private static final Duration RECONNECT = Duration.ofSeconds(2);

    private final FakeNodes nodes = new FakeNodes();
    private final VirtualTime time = nodes.time();
    private final FakeNode node = nodes.node(FakeNodes.SEED);
    private final RecordingCommand command = new RecordingCommand("a");
    private final Set<String> members = new HashSet<>(Set.of("known"));
    private final PipelinedConnection connection =
            new PipelinedConnection(nodes.context(new Members()), FakeNodes.SEED, null, () -> {}, () -> {});

    private final class Members implements NodeIdentity {
        @Override
        public Request request() {
            return Request.cmd(Command.CLUSTER, "MYID");
        }

        @Override
        public boolean isMember(String id) {
            return members.contains(id);
        }
    }

    @Test
    void shouldSendCommandsAfterTheNodeReportedItsId() {
        connection.open();
        connection.send(command);
        assertThat(connection.isReady()).isFalse();
        assertThat(node.link().sent()).containsExactly("cluster MYID");

        node.link().reply(Reply.text("known"));

        assertThat(connection.isReady()).isTrue();
        assertThat(node.link().sent()).containsExactly("cluster MYID", "get a");
    }

    @Test
    void shouldRefuseANodeWithAnotherIdUntilTheRightOneReplies() {
        answer("foreign");
        connection.open();
        connection.send(command);
        time.advance(RECONNECT);
        assertThat(connection.isReady()).isFalse();
        assertThat(command.outcomes()).containsExactly("not sent");
        assertThat(nodes.events().count("FOREIGN_NODE")).isGreaterThan(1);
        assertThat(connection.isSilentFor(Duration.ofSeconds(1).toNanos())).isTrue();

        answer("known");
        time.advance(RECONNECT);

        assertThat(connection.isReady()).isTrue();
        assertThat(node.received()).doesNotContain("get a");
    }

    @Test
    void shouldCloseTheConnectionToANodeThatIsNoLongerAMember() {
        answer("known");
        connection.open();

        members.clear();
        connection.send(command);

        assertThat(command.outcomes()).containsExactly("not sent");
        assertThat(node.link().isClosed()).isTrue();
    }

    @Test
    void shouldCloseTheConnectionIfTheIdChanges() {
        answer("known");
        connection.open();
        answer("foreign");

        connection.heartbeat();

        assertThat(node.link().isClosed()).isTrue();
        assertThat(connection.isReady()).isFalse();
    }

    @Test
    void shouldTreatAnErrorAsAnUnknownId() {
        node.respond(request -> FakeNode.error("LOADING Redis is loading the dataset in memory"));
        connection.open();
        assertThat(connection.isReady()).isFalse();
        assertThat(nodes.events().count("FOREIGN_NODE")).isZero();

        members.add("");
        time.advance(RECONNECT);

        assertThat(connection.isReady()).isTrue();
    }

    @Test
    void shouldGiveUpIfTheNodeDoesNotReportItsId() {
        connection.open();

        time.advance(Duration.ofSeconds(1));

        assertThat(node.attempts()).isEqualTo(1);
        assertThat(node.link().isClosed()).isTrue();
    }

    private void answer(String id) {
        node.respond(request -> request.equals("cluster MYID") ? Reply.text(id) : null);
    }
}
