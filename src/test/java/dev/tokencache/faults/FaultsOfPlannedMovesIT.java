package dev.tokencache.faults;

import dev.tokencache.faults.KnownTokens.KnownToken;
import dev.tokencache.faults.KnownTokens.Writable;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

/** Planned cluster operations, which callers should not notice. */
class FaultsOfPlannedMovesIT {

    private static final RedisUpgrade UPGRADE = RedisUpgrade.prepare();

    @RegisterExtension
    static final FaultSite SITE = FaultSite.running(UPGRADE.executable());

    @AfterAll
    static void delete() {
        UPGRADE.close();
    }

    @TestFactory
    Stream<DynamicTest> shouldServeEveryCallDuringAFailover() {
        TestNode replica = SITE.replicaOf(SITE.masters().get(0));

        return claims(SITE.ride("CLUSTER FAILOVER", run -> {
            run.strike(replica::failOver);
            SITE.cluster().awaitHealthy();
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldServeEveryCallWhileSlotsWithTokensMove() {
        TestNode source = SITE.masters().get(0);
        TestNode target = SITE.masters().get(1);

        FaultReport report = SITE.ride("resharding of slots in use", run -> {
            SlotMove move = new SlotMove(SITE.cluster(), slotsInUse(run.known(), source), source, target);
            run.strike(() -> move(run, move));
        });

        return Stream.concat(claims(report), Stream.of(dynamicTest("the load met ASK", () -> assertThat(errors(source))
                .contains("errorstat_ASK"))));
    }

    @TestFactory
    Stream<DynamicTest> shouldServeEveryCallWhileANodeIsAddedAndRemoved() {
        TestNode old = SITE.masters().get(2);

        return claims(SITE.ride("a node added, given slots in use, emptied and removed", run -> {
            List<Integer> slots = slotsInUse(run.known(), old);
            run.strike(() -> {
                TestNode added = SITE.cluster().addNode();
                move(run, new SlotMove(SITE.cluster(), slots, old, added));
                SITE.cluster().awaitHealthy();
                move(run, new SlotMove(SITE.cluster(), slots, added, old));
                SITE.cluster().awaitHealthy();
                SITE.cluster().removeNode(added);
            });
            SITE.cluster().awaitHealthy();
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldServeEveryCallDuringARollingUpgrade() {
        return claims(SITE.ride("every node upgraded in turn: replica, failover, old master", run -> {
            List<TestNode> masters = SITE.masters();
            run.strike(() -> UPGRADE.run(SITE.cluster(), masters));
            SITE.cluster().awaitHealthy();
        }));
    }

    private static String errors(TestNode node) {
        try (RespClient client = node.connect()) {
            return client.text("INFO", "errorstats");
        }
    }

    /** Moves the slots and lets the load run a full round in every state. */
    private static void move(FaultRun run, SlotMove move) {
        move.begin();
        run.load().awaitRound();
        move.moveKeys();
        run.load().awaitRound();
        move.finish();
        run.load().awaitRound();
    }

    /** Some slots that the load reads from and some that it writes to. */
    private static List<Integer> slotsInUse(KnownTokens known, TestNode owner) {
        Stream<Integer> read = known.tokens().stream()
                .filter(token -> token.shard() == owner.port())
                .map(KnownToken::slot)
                .limit(5);
        Stream<Integer> written = known.subjects().stream()
                .filter(subject -> subject.shard() == owner.port())
                .map(Writable::slot)
                .limit(2);
        return Stream.concat(read, written).distinct().toList();
    }

    private static Stream<DynamicTest> claims(FaultReport report) {
        return Claims.of(report).nothingLost().fullServiceAfterwards().tests();
    }
}
