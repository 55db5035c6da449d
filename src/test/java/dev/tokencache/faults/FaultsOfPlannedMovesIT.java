package dev.tokencache.faults;

import dev.tokencache.devmode.RedisNode;
import dev.tokencache.faults.KnownTokens.KnownToken;
import dev.tokencache.faults.KnownTokens.Writable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What operators do to a cluster, of which callers should not notice anything at all. */
class FaultsOfPlannedMovesIT {

    private static FaultSite site;

    @BeforeAll
    static void open() {
        site = FaultSite.open(Map.of());
    }

    @AfterEach
    void heal() {
        site.heal();
    }

    @AfterAll
    static void close() {
        site.close();
    }

    @TestFactory
    Stream<DynamicTest> shouldNotNoticeAFailover() {
        RedisNode replica = site.replicaOf(site.masters().get(0));

        return claims(site.ride("CLUSTER FAILOVER", run -> {
            run.strike(() -> FaultSite.failOverTo(replica));
            site.cluster().awaitHealthy();
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldNotNoticeThatSlotsMoveWithTokensInThem() {
        RedisNode source = site.masters().get(0);
        RedisNode target = site.masters().get(1);

        return claims(site.ride("resharding of slots in use", run -> {
            SlotMove move = new SlotMove(site.cluster(), slotsInUse(run.known(), source), source, target);
            run.strike(() -> move(run, move));
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldNotNoticeThatANodeComesAndGoes() {
        RedisNode old = site.masters().get(2);

        return claims(site.ride("a node added, given slots in use, emptied and removed", run -> {
            List<Integer> slots = slotsInUse(run.known(), old);
            run.strike(() -> {
                RedisNode added = site.cluster().addNode();
                move(run, new SlotMove(site.cluster(), slots, old, added));
                site.cluster().awaitHealthy();
                move(run, new SlotMove(site.cluster(), slots, added, old));
                site.cluster().awaitHealthy();
                site.cluster().removeNode(added);
            });
            site.cluster().awaitHealthy();
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldNotNoticeARollingUpgrade() {
        return claims(site.ride("every node restarted in turn: replica, failover, old master", run -> {
            List<RedisNode> masters = site.masters();
            run.strike(() -> masters.forEach(master -> upgrade(master, site.replicaOf(master))));
        }));
    }

    /** A restart is a new version's start, and awaitHealthy the check that a replica is up to date. */
    private static void upgrade(RedisNode master, RedisNode replica) {
        replica.restart();
        site.cluster().awaitHealthy();
        FaultSite.failOverTo(replica);
        site.cluster().awaitHealthy();
        master.restart();
        site.cluster().awaitHealthy();
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
    private static List<Integer> slotsInUse(KnownTokens known, RedisNode owner) {
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
