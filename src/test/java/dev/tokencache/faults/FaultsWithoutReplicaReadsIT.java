package dev.tokencache.faults;

import dev.tokencache.devmode.RedisNode;
import dev.tokencache.faults.Answer.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Masters that are lost where nobody asks their replicas: a shard is unknown until it has a new master. */
class FaultsWithoutReplicaReadsIT {

    private static final Duration AFTER_PROMOTION = Duration.ofSeconds(1);

    private static FaultSite site;

    @BeforeAll
    static void open() {
        site = FaultSite.open(Map.of("tokencache.redis.replica-read-after", "0s"));
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
    Stream<DynamicTest> shouldRideThroughTheKillOfAMaster() {
        RedisNode master = site.masters().get(0);
        RedisNode replica = site.replicaOf(master);

        FaultReport report = site.ride("kill -9 of a master, without replica reads", run -> {
            run.strike(master, master::kill9);
            run.awaitPromotion(replica);
        });

        return claims(report);
    }

    @TestFactory
    Stream<DynamicTest> shouldRideThroughAMasterThatStopsInItsTracks() {
        RedisNode master = site.masters().get(1);
        RedisNode replica = site.replicaOf(master);

        FaultReport report = site.ride("SIGSTOP of a master, without replica reads", run -> {
            run.strike(master, master::suspend);
            run.awaitPromotion(replica);
        });

        return claims(report);
    }

    private static Stream<DynamicTest> claims(FaultReport report) {
        return Claims.of(report)
                .fullServiceAfterwards()
                .knownAfterPromotion(Kind.READ, AFTER_PROMOTION)
                .knownAfterPromotion(Kind.WRITE, AFTER_PROMOTION)
                .tests();
    }
}
