package dev.tokencache.faults;

import dev.tokencache.devmode.RedisNode;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With {@code tokencache.redis.min-replicas=1}, what is acknowledged as replicated outlives any one node. */
class FaultsOfReplicatedWritesIT {

    @RegisterExtension
    static final FaultSite SITE = FaultSite.with("tokencache.redis.min-replicas", "1");

    @TestFactory
    Stream<DynamicTest> shouldLoseNothingWhileOneMasterAfterTheOtherIsKilled() {
        FaultReport report = SITE.ride("every master killed in turn, min-replicas=1", run -> {
            for (RedisNode master : SITE.masters()) {
                RedisNode replica = SITE.replicaOf(master);
                run.strike(master, master::kill9);
                run.awaitPromotion(replica);
                // The next loss would be one too many while a shard has no replica.
                SITE.cluster().heal();
                run.load().isSoonServed();
            }
        });

        return Claims.of(report).nothingLost().fullServiceAfterwards().tests();
    }
}
