package dev.tokencache.faults;

import dev.tokencache.faults.Answer.Kind;
import dev.tokencache.testing.cluster.TestNode;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Master failures without replica reads: tokens of a shard are unknown until a new master is promoted. */
class FaultsWithoutReplicaReadsIT {

    private static final Duration AFTER_PROMOTION = Duration.ofSeconds(1);

    @RegisterExtension
    static final FaultSite SITE = FaultSite.with("tokencache.redis.replica-read-after", "0s");

    @TestFactory
    Stream<DynamicTest> shouldSurviveTheKillOfAMaster() {
        TestNode master = SITE.masters().get(0);
        TestNode replica = SITE.replicaOf(master);

        FaultReport report = SITE.ride("kill -9 of a master, without replica reads", run -> {
            run.strike(master, master::kill9);
            run.awaitPromotion(replica);
        });

        return claims(report);
    }

    @TestFactory
    Stream<DynamicTest> shouldSurviveTheSuspensionOfAMaster() {
        TestNode master = SITE.masters().get(1);
        TestNode replica = SITE.replicaOf(master);

        FaultReport report = SITE.ride("SIGSTOP of a master, without replica reads", run -> {
            run.strike(master, master::suspend);
            run.awaitPromotion(replica);
        });

        return claims(report);
    }

    private static Stream<DynamicTest> claims(FaultReport report) {
        return Claims.of(report)
                .fullServiceAfterwards()
                .knownAfterRecovery(Kind.READ, AFTER_PROMOTION)
                .knownAfterRecovery(Kind.WRITE, AFTER_PROMOTION)
                .tests();
    }
}
