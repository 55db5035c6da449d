package dev.tokencache.faults;

import dev.tokencache.devmode.RespClient;
import dev.tokencache.faults.KnownTokens.KnownToken;
import dev.tokencache.faults.KnownTokens.Writable;
import dev.tokencache.testing.cluster.TestNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

/** What operators do to a cluster, of which callers should not notice anything at all. */
class FaultsOfPlannedMovesIT {

    @RegisterExtension
    static final FaultSite SITE = FaultSite.plain();

    @TestFactory
    Stream<DynamicTest> shouldNotNoticeAFailover() {
        TestNode replica = SITE.replicaOf(SITE.masters().get(0));

        return claims(SITE.ride("CLUSTER FAILOVER", run -> {
            run.strike(replica::failOver);
            SITE.cluster().awaitHealthy();
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldNotNoticeThatSlotsMoveWithTokensInThem() {
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
    Stream<DynamicTest> shouldNotNoticeThatANodeComesAndGoes() {
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
    Stream<DynamicTest> shouldNotNoticeARollingUpgrade() {
        return claims(SITE.ride("every node restarted in turn: replica, failover, old master", run -> {
            List<TestNode> masters = SITE.masters();
            run.strike(() -> masters.forEach(master -> upgrade(master, SITE.replicaOf(master))));
        }));
    }

    /** A restart is a new version's start, and awaitHealthy the check that a replica is up to date. */
    private static void upgrade(TestNode master, TestNode replica) {
        replica.restart();
        SITE.cluster().awaitHealthy();
        replica.failOver();
        SITE.cluster().awaitHealthy();
        master.restart();
        SITE.cluster().awaitHealthy();
    }

    private static String errors(TestNode node) {
        try (RespClient client = node.connect()) {
            return client.text("INFO", "errorstats");
        }
    }

    /** With time for the load to meet every state. */
    private static void move(FaultRun run, SlotMove move) {
        move.begin();
        run.load().awaitRound();
        move.moveKeys();
        run.load().awaitRound();
        move.finish();
        run.load().awaitRound();
    }

    /** Some slots that tokens are read from, and some that tokens are written to. */
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
