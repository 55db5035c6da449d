package dev.tokencache.redis.command;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.Reply;
import dev.tokencache.redis.command.RoutedCommand.Kind;
import dev.tokencache.redis.command.RoutedCommand.Route;
import dev.tokencache.redis.connection.FakeNode;
import dev.tokencache.redis.topology.FakeCluster;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.VirtualTime;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.tokencache.redis.topology.FakeCluster.MASTER;
import static dev.tokencache.redis.topology.FakeCluster.OTHER_MASTER;
import static dev.tokencache.redis.topology.FakeCluster.REPLICA;
import static dev.tokencache.redis.topology.FakeCluster.SLOT_OF_MASTER;
import static dev.tokencache.redis.topology.FakeCluster.SLOT_OF_OTHER_MASTER;
import static dev.tokencache.redis.topology.FakeCluster.THIRD_MASTER;
import static org.assertj.core.api.Assertions.assertThat;

/** A cluster under a steady load, with the default timeouts and one replica per write, in which a node hangs or is slow. */
class IsolatedNodeTest {

    private static final RedisSettings SETTINGS = RedisSettings.defaults();
    private static final Duration TIMEOUT = SETTINGS.timeout();
    /** Deadlines are checked this often. */
    private static final Duration SWEEP = Duration.ofMillis(25);

    private static final Duration BETWEEN_CALLS = Duration.ofMillis(10);
    private static final List<Endpoint> NODES = List.of(MASTER, OTHER_MASTER, THIRD_MASTER, REPLICA);

    private final FakeCluster cluster = new FakeCluster(SETTINGS);
    private final VirtualTime time = cluster.nodes().time();
    private final Route route = new Route(
            time,
            cluster.connections(),
            cluster.topology(),
            cluster.breakers(),
            cluster.nodes().events(),
            SETTINGS.replicaReadAfter().toNanos());
    private final List<Call> calls = new ArrayList<>();

    private final class Call {
        private final int slot;
        private final Kind kind;
        private final long startNanos = time.nanoTime();
        private long endNanos;
        private boolean isOk;
        private boolean isFromReplica;

        Call(int slot, Kind kind) {
            this.slot = slot;
            this.kind = kind;
        }

        void start() {
            Promise<RoutedReply> promise = Promise.promise();
            promise.future().onComplete(done -> {
                isOk = done.succeeded();
                isFromReplica = done.succeeded() && done.result().isFromReplica();
                endNanos = time.nanoTime();
            });
            new RoutedCommand(
                            slot,
                            Request.cmd(Command.GET, "a"),
                            null,
                            kind,
                            route,
                            Deadline.in(SETTINGS.timeout(), time),
                            promise)
                    .start();
        }

        boolean isAfter(long nanos) {
            return startNanos - nanos >= 0;
        }

        boolean isWithin(Duration limit) {
            return endNanos != 0 && endNanos - startNanos <= limit.toNanos();
        }

        @Override
        public String toString() {
            return kind + " of slot " + slot + " at " + Duration.ofNanos(startNanos) + " ended at "
                    + Duration.ofNanos(endNanos) + (isOk ? "" : ", failed");
        }
    }

    private void start() {
        NODES.forEach(this::work);
        cluster.start();
        time.advance(Duration.ofSeconds(4));
    }

    private void work(Endpoint node) {
        cluster.node(node).respond(request -> reply(node, request));
        cluster.node(node).accept();
    }

    private @Nullable Object reply(Endpoint node, String request) {
        if (request.equals("get a")) {
            return Reply.text("1");
        }
        return request.startsWith("wait ") ? Reply.number(1) : cluster.reply(node, request);
    }

    private void load(Duration duration) {
        load(duration, Duration.ZERO);
    }

    /** @param stall how long this process and all nodes are suspended, once a second */
    private void load(Duration duration, Duration stall) {
        long end = time.nanoTime() + duration.toNanos();
        long nextStall = time.nanoTime();
        while (time.nanoTime() - end < 0) {
            for (int slot : new int[] {SLOT_OF_MASTER, SLOT_OF_OTHER_MASTER}) {
                for (Kind kind : new Kind[] {Kind.READ, Kind.REPLICATED_WRITE}) {
                    Call call = new Call(slot, kind);
                    calls.add(call);
                    call.start();
                }
            }
            if (!stall.isZero() && time.nanoTime() - nextStall >= 0) {
                nextStall += Duration.ofSeconds(1).toNanos();
                time.stall(stall);
            }
            time.advance(BETWEEN_CALLS);
        }
    }

    private void finish() {
        time.advance(TIMEOUT.plus(Duration.ofSeconds(1)));
    }

    /** The calls that do not match; only these, since there are thousands. */
    private List<Call> exceptions(int slot, Predicate<Call> expected) {
        return calls.stream()
                .filter(call -> call.slot == slot && !expected.test(call))
                .toList();
    }

    private List<Call> exceptions(Predicate<Call> expected) {
        return calls.stream().filter(expected.negate()).toList();
    }

    /** How a node is cut off. */
    enum Fault {
        /** Its packets vanish in both directions: it accepts no connection either. */
        PACKETS_VANISH {
            @Override
            void apply(FakeNode node) {
                node.hang();
                node.respond(request -> null);
            }
        },
        /** It accepts connections, but replies to nothing. */
        REPLIES_VANISH {
            @Override
            void apply(FakeNode node) {
                node.respond(request -> null);
            }
        },
        /** It closes all connections, and refuses new ones. */
        DIES {
            @Override
            void apply(FakeNode node) {
                node.kill();
            }
        };

        abstract void apply(FakeNode node);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotDisturbOtherShardsNorExceedTheTimeoutWhileAMasterIsCutOff(Fault fault) {
        start();
        load(Duration.ofSeconds(1));

        fault.apply(cluster.node(MASTER));
        load(Duration.ofSeconds(4), Duration.ofMillis(150));
        cluster.promoteReplica(6);
        long promoted = time.nanoTime();
        load(Duration.ofSeconds(4));
        finish();

        assertThat(exceptions(SLOT_OF_OTHER_MASTER, call -> call.isOk && call.isWithin(Duration.ofMillis(250))))
                .isEmpty();
        assertThat(exceptions(SLOT_OF_MASTER, call -> call.isWithin(TIMEOUT.plusMillis(300))))
                .isEmpty();
        assertThat(exceptions(
                        SLOT_OF_MASTER,
                        call -> call.isOk && !call.isFromReplica
                                || !call.isAfter(
                                        promoted + Duration.ofSeconds(1).toNanos())))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 350, 380})
    void shouldWorkWithoutReconnectsInASlowNetwork(int roundTripMillis) {
        Duration roundTrip = Duration.ofMillis(roundTripMillis);
        NODES.forEach(node -> cluster.node(node).delay(time, roundTrip));
        start();
        int attempts = attempts();

        load(Duration.ofSeconds(15));
        finish();

        assertThat(exceptions(call -> call.isOk && !call.isFromReplica)).isEmpty();
        assertThat(cluster.nodes().events().count("DEADLINE_CLOSED")).isZero();
        assertThat(attempts() - attempts).as("new connections").isLessThanOrEqualTo(2);
    }

    private int attempts() {
        return NODES.stream().mapToInt(node -> cluster.node(node).attempts()).sum();
    }

    @Test
    void shouldAdaptWithoutReconnectsWhenTheNetworkBecomesSlow() {
        start();
        load(Duration.ofSeconds(1));
        int attempts = attempts();

        NODES.forEach(node -> cluster.node(node).delay(time, Duration.ofMillis(350)));
        load(Duration.ofSeconds(10));
        finish();

        assertThat(exceptions(call -> call.isOk)).isEmpty();
        assertThat(attempts() - attempts).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1500})
    void shouldSurviveAStallOfAMasterThatIsShorterThanTheTimeout(int stallMillis) {
        start();
        load(Duration.ofSeconds(1));

        Fault.PACKETS_VANISH.apply(cluster.node(MASTER));
        load(Duration.ofMillis(stallMillis));
        // It runs now what it received meanwhile.
        work(MASTER);
        cluster.node(MASTER).resume();
        load(Duration.ofSeconds(3));
        finish();

        assertThat(exceptions(call -> call.isOk && call.isWithin(TIMEOUT.plus(SWEEP))))
                .isEmpty();
    }
}
