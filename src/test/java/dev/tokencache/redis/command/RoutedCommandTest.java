package dev.tokencache.redis.command;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RecordedEvents;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.Reply;
import dev.tokencache.redis.RouteException;
import dev.tokencache.redis.command.RoutedCommand.Kind;
import dev.tokencache.redis.command.RoutedCommand.Route;
import dev.tokencache.redis.connection.FakeNode;
import dev.tokencache.redis.topology.FakeCluster;
import dev.tokencache.redis.topology.FakeView;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.VirtualTime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.tokencache.redis.topology.FakeCluster.MASTER;
import static dev.tokencache.redis.topology.FakeCluster.OTHER_MASTER;
import static dev.tokencache.redis.topology.FakeCluster.SLOT_OF_MASTER;
import static org.assertj.core.api.Assertions.assertThat;

class RoutedCommandTest {

    private static final String GET = "get a";
    private static final Endpoint FOREIGN = new Endpoint("10.9.9.9", 7000);
    private static final int MAX_CALLS = 100;
    private static final RedisSettings SETTINGS =
            RedisSettings.usual().withMinReplicas(1).withMaxCalls(MAX_CALLS);
    /** Longer than the first retry delay with its jitter. */
    private static final Duration FIRST_RETRY = Duration.ofMillis(15);

    private final FakeCluster cluster = new FakeCluster(SETTINGS).start();
    private final VirtualTime time = cluster.nodes().time();
    private final RecordedEvents events = cluster.nodes().events();
    private final FakeNode master = cluster.node(MASTER);
    private final FakeNode other = cluster.node(OTHER_MASTER);
    private final Route route = new Route(
            time,
            cluster.connections(),
            cluster.topology(),
            cluster.breakers(),
            events,
            SETTINGS.replicaReadAfter().toNanos());

    private Future<RoutedReply> send(Kind kind) {
        return send(kind, Deadline.in(SETTINGS.timeout(), time));
    }

    private Future<RoutedReply> send(Kind kind, Deadline deadline) {
        Promise<RoutedReply> promise = Promise.promise();
        new RoutedCommand(SLOT_OF_MASTER, Request.cmd(Command.GET, "a"), null, kind, route, deadline, promise).start();
        return promise.future();
    }

    private Future<RoutedReply> write() {
        Promise<RoutedReply> promise = Promise.promise();
        Deadline deadline = Deadline.in(SETTINGS.timeout(), time);
        FencedRequest fenced = until -> Request.cmd(Command.SET, "a", until);
        new RoutedCommand(SLOT_OF_MASTER, null, fenced, Kind.WRITE, route, deadline, promise).start();
        return promise.future();
    }

    /** A master whose clock differs, and which refuses writes that are late on it. */
    private void respondWithAClock(Duration ahead) {
        master.respond(request -> {
            long now = time.clock().millis() + ahead.toMillis();
            if (request.equals("time")) {
                return Reply.list(Reply.text("" + now / 1000), Reply.text("" + now % 1000 * 1000));
            }
            if (request.startsWith("set a ")) {
                return fence(request) < now ? FakeNode.error("LATE " + now) : Reply.text(request);
            }
            return cluster.reply(MASTER, request);
        });
    }

    /** The service asks each new connection for the time. */
    private void reconnect() {
        master.link().drop();
        time.advance(Duration.ofMillis(100));
    }

    private static long fence(String write) {
        return Long.parseLong(write.substring("set a ".length()));
    }

    /** Replies to every {@code GET} on a node, and as a working node to everything else. */
    private void respond(Endpoint node, Object reply) {
        cluster.node(node).respond(request -> request.equals(GET) ? reply : cluster.reply(node, request));
    }

    private long gets(FakeNode node) {
        return Collections.frequency(node.received(), GET);
    }

    @Test
    void shouldReportTheReplyOfTheMaster() {
        respond(MASTER, Reply.text("1"));

        RoutedReply reply = send(Kind.READ).result();

        assertThat(reply.response()).hasToString("1");
        assertThat(reply.isFromReplica()).isFalse();
        assertThat(reply.isReplicated()).isTrue();
    }

    @Test
    void shouldReportAnErrorOfTheCommandItself() {
        respond(MASTER, FakeNode.error("WRONGTYPE secret"));

        assertThat(send(Kind.WRITE).cause())
                .isInstanceOf(RedisErrorException.class)
                .hasMessageContaining("WRONGTYPE")
                .hasMessageNotContaining("secret");
    }

    @Test
    void shouldFollowMovedAndUpdateTheSlotMap() {
        respond(MASTER, FakeNode.error("MOVED 0 " + OTHER_MASTER));
        respond(OTHER_MASTER, Reply.text("1"));

        assertThat(send(Kind.WRITE).result().response()).hasToString("1");

        assertThat(cluster.topology().slots().master(SLOT_OF_MASTER)).isEqualTo(OTHER_MASTER);
        assertThat(events.count("MOVED")).isEqualTo(1);
    }

    @Test
    void shouldNotFollowARedirectionToANodeOfAnotherCluster() {
        for (String redirection : List.of("MOVED 0 ", "ASK 0 ")) {
            respond(MASTER, FakeNode.error(redirection + FOREIGN));
            beForeign(FOREIGN);

            Future<RoutedReply> reply = send(Kind.WRITE);
            time.advance(SETTINGS.timeout());

            assertThat(reply.cause()).isInstanceOf(RouteException.class);
            assertThat(gets(cluster.node(FOREIGN))).isZero();
        }
    }

    @Test
    void shouldSendNothingToANodeOfAnotherClusterAtTheAddressOfTheMaster() {
        master.kill();
        beForeign(MASTER);
        master.accept();

        Future<RoutedReply> reply = send(Kind.WRITE);
        time.advance(SETTINGS.timeout());

        assertThat(reply.cause()).isInstanceOf(RouteException.class);
        assertThat(gets(master)).isZero();
    }

    private void beForeign(Endpoint node) {
        FakeView.ofOneNode(node, "foreign", 99).reportAt(cluster.node(node), node, "foreign");
        respond(node, Reply.text("of another cluster"));
    }

    @Test
    void shouldFollowAskOnceWithAskingRightBeforeTheCommand() {
        respond(MASTER, FakeNode.error("ASK 0 " + OTHER_MASTER));
        other.respond(request -> switch (request) {
            case GET -> Reply.text("1");
            case "asking" -> Reply.text("OK");
            default -> cluster.reply(OTHER_MASTER, request);
        });

        assertThat(send(Kind.WRITE).result().response()).hasToString("1");

        List<String> received = other.received();
        assertThat(received.indexOf(GET)).isEqualTo(received.indexOf("asking") + 1);
        assertThat(cluster.topology().slots().master(SLOT_OF_MASTER)).isEqualTo(MASTER);
    }

    @Test
    void shouldRetryAfterADelayWhenTwoNodesRedirectToEachOther() {
        respond(MASTER, FakeNode.error("MOVED 0 " + OTHER_MASTER));
        respond(OTHER_MASTER, FakeNode.error("MOVED 0 " + MASTER));

        Future<RoutedReply> call = send(Kind.WRITE);

        assertThat(gets(master) + gets(other)).isEqualTo(6);
        respond(OTHER_MASTER, Reply.text("1"));
        time.advance(FIRST_RETRY);
        assertThat(call.result().response()).hasToString("1");
    }

    @Test
    void shouldRetryWhileTheSlotIsMigrating() {
        respond(MASTER, FakeNode.error("TRYAGAIN Multiple keys request during rehashing of slot"));
        Future<RoutedReply> call = send(Kind.WRITE);
        assertThat(call.isComplete()).isFalse();

        respond(MASTER, Reply.text("1"));
        time.advance(FIRST_RETRY);

        assertThat(call.result().response()).hasToString("1");
    }

    @Test
    void shouldRetryWhileTheClusterIsDownUntilTheDeadline() {
        respond(MASTER, FakeNode.error("CLUSTERDOWN The cluster is down"));
        Duration callTimeout = Duration.ofSeconds(3);
        Future<RoutedReply> call = send(Kind.WRITE, Deadline.in(callTimeout, time));

        time.advance(callTimeout.minusMillis(1));
        assertThat(call.isComplete()).isFalse();
        time.advance(Duration.ofMillis(1));

        assertThat(call.cause()).isInstanceOf(RouteException.class).hasMessageContaining("cannot serve");
        assertThat(gets(master)).as("retries with increasing delays").isBetween(10L, 40L);
    }

    @Test
    void shouldSendTheCommandAgainIfItsReplyWasLost() {
        Future<RoutedReply> call = send(Kind.WRITE);
        assertThat(gets(master)).isEqualTo(1);
        respond(MASTER, Reply.text("1"));

        master.link().drop();
        time.advance(Duration.ofMillis(200));

        assertThat(call.result().response()).hasToString("1");
        assertThat(gets(master)).isEqualTo(2);
    }

    @Test
    void shouldOpenTheBreakerOfAMasterThatGivesNoReply() {
        master.kill();
        Deadline soon = Deadline.in(FIRST_RETRY, time);
        List<Future<RoutedReply>> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            calls.add(send(Kind.WRITE, soon));
        }
        time.advance(FIRST_RETRY);
        assertThat(calls).allMatch(Future::failed);

        assertThat(send(Kind.WRITE).cause()).hasMessageContaining("breaker");
        assertThat(cluster.breakers().openCount()).isEqualTo(1);
        respond(MASTER, Reply.text("1"));
        master.accept();
        time.advance(Duration.ofSeconds(2));
        assertThat(send(Kind.WRITE).result().response()).hasToString("1");
    }

    @Test
    void shouldRejectCallsBeyondTheLimit() {
        for (int i = 0; i < MAX_CALLS; i++) {
            send(Kind.WRITE);
        }

        assertThat(send(Kind.WRITE).cause()).hasMessageContaining("too many calls");
        assertThat(events.count("SHED")).isEqualTo(1);
        master.link().reply(Reply.text("1"));
        assertThat(send(Kind.WRITE).failed()).isFalse();
    }

    @Test
    void shouldReportWhetherAWriteReachedItsReplicas() {
        Future<RoutedReply> call = send(Kind.REPLICATED_WRITE);
        FakeNode.Link waiting = master.link();

        waiting.reply(Reply.text("1"));
        assertThat(call.isComplete()).isFalse();
        waiting.reply(Reply.number(0));

        assertThat(call.result().isReplicated()).isFalse();
        assertThat(events.count("UNDER_REPLICATED")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-3600, -3, 0, 3, 3600})
    void shouldFenceAWriteAtItsDeadlineOnTheClockOfTheNode(int secondsAhead) {
        respondWithAClock(Duration.ofSeconds(secondsAhead));
        reconnect();
        long deadline = time.clock().millis()
                + secondsAhead * 1000L
                + SETTINGS.timeout().toMillis();

        String sent = String.valueOf(write().result().response());

        assertThat(fence(sent)).isBetween(deadline - 2, deadline);
    }

    @Test
    void shouldSendAWriteAgainThatANodeRefusedAsLateBecauseItsClockIsAhead() {
        respondWithAClock(Duration.ofHours(1));

        Future<RoutedReply> write = write();
        time.advance(FIRST_RETRY);

        assertThat(write.succeeded()).isTrue();
        assertThat(master.received())
                .filteredOn(request -> request.startsWith("set"))
                .hasSize(2);
    }

    @Test
    void shouldSendAWriteAgainAfterTheClockOfTheNodeWasSet() {
        respondWithAClock(Duration.ZERO);
        reconnect();
        respondWithAClock(Duration.ofSeconds(30));

        Future<RoutedReply> write = write();
        time.advance(FIRST_RETRY);

        assertThat(write.succeeded()).isTrue();
    }

    @Test
    void shouldAskForTheTimeOfANodeOnceAMinute() {
        respondWithAClock(Duration.ZERO);
        for (int second = 0; second < 150; second++) {
            write();
            time.advance(Duration.ofSeconds(1));
        }

        assertThat(Collections.frequency(master.received(), "time")).isBetween(2, 3);
    }

    @Test
    void shouldWriteWithoutTheRightToAskForTheTime() {
        master.respond(request -> switch (request.split(" ")[0]) {
            case "time" -> FakeNode.error("NOPERM this user has no permissions to run the 'time' command");
            case "set" -> Reply.text(request);
            default -> cluster.reply(OTHER_MASTER, request);
        });
        reconnect();

        assertThat(fence(String.valueOf(write().result().response())))
                .isGreaterThan(time.clock().millis() + SETTINGS.timeout().toMillis());
        assertThat(Collections.frequency(master.received(), "time")).isEqualTo(1);
    }
}
