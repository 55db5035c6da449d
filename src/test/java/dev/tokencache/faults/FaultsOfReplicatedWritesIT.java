package dev.tokencache.faults;

import dev.tokencache.devmode.RedisNode;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** With {@code tokencache.redis.min-replicas=1}, what is acknowledged as replicated outlives any one node. */
class FaultsOfReplicatedWritesIT {

    private static FaultSite site;

    @BeforeAll
    static void open() {
        site = FaultSite.open(Map.of("tokencache.redis.min-replicas", "1"));
    }

    @AfterAll
    static void close() {
        site.close();
    }

    @TestFactory
    Stream<DynamicTest> shouldLoseNothingWhileOneMasterAfterTheOtherIsKilled() {
        FaultReport report = site.ride("every master killed in turn, min-replicas=1", run -> {
            for (RedisNode master : site.masters()) {
                RedisNode replica = site.replicaOf(master);
                run.strike(master, master::kill9);
                run.awaitPromotion(replica);
                // The next loss would be one too many while a shard has no replica.
                site.heal();
                run.load().isSoonServed();
            }
        });

        return Claims.of(report).nothingLost().fullServiceAfterwards().tests();
    }
}
