package dev.tokencache.faults;

import dev.tokencache.faults.Answer.Kind;
import dev.tokencache.testing.Outcome;
import dev.tokencache.testing.ServiceClient.Route;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Node failures with default settings. The replica of a killed master serves reads until it is promoted; of a master that
 * hangs, as soon as the cluster reports that; and never if it misses writes.
 */
class FaultsOfMastersIT {

    private static final Duration READS = Duration.ofSeconds(1);
    private static final Duration AFTER_PROMOTION = Duration.ofSeconds(1);

    @RegisterExtension
    static final FaultSite SITE = FaultSite.plain();

    @TestFactory
    Stream<DynamicTest> shouldSurviveTheKillOfAMaster() {
        TestNode master = SITE.masters().get(0);
        TestNode replica = SITE.replicaOf(master);

        FaultReport report = SITE.ride("kill -9 of a master", run -> {
            run.strike(master, master::kill9);
            run.awaitPromotion(replica);
        });

        return claimsForALostMaster(report).readsUnknownForAtMost(READS).tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldSurviveTheKillOfAReplica() {
        TestNode replica = SITE.replicaOf(SITE.masters().get(1));

        FaultReport report = SITE.ride("kill -9 of a replica", run -> {
            run.strike(replica::kill9);
            awaitFailedEverywhere(replica);
        });

        return Claims.of(report).nothingLost().fullServiceAfterwards().tests();
    }

    /** The service asks the first seed first when it looks for the cluster. */
    @TestFactory
    Stream<DynamicTest> shouldSurviveTheSuspensionOfTheFirstSeedAndItsReturnAfterThePromotion() {
        TestNode seed = SITE.cluster().nodes().get(0);
        makeMaster(seed);
        TestNode replica = SITE.replicaOf(seed);

        FaultReport report = SITE.ride("SIGSTOP of a master, SIGCONT after the promotion", run -> {
            run.strike(seed, seed::suspend);
            run.awaitPromotion(replica);
            run.load().isSoonServed();
            // The resumed node still believes that it is the master.
            seed.resume();
            SITE.cluster().awaitHealthy();
        });

        return claimsForALostMaster(report).tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldAcceptTheOldMasterAsAReplica() {
        TestNode master = SITE.masters().get(2);
        TestNode replica = SITE.replicaOf(master);

        KnownTokens known = KnownTokens.create(SITE.cluster(), SITE.client());
        master.kill9();
        FaultSite.awaitPromotion(replica);

        try (FaultRun run = FaultRun.start("the old master returns as a replica", known, SITE.client())) {
            FaultSite.awaitServed(run);
            run.strike(master::restart);
            SITE.cluster().awaitHealthy();
            FaultReport report = SITE.written(run.finish(SITE.client()));
            return Claims.of(report).nothingLost().fullServiceAfterwards().tests();
        }
    }

    @TestFactory
    Stream<DynamicTest> shouldNotTrustAReplicaThatMissedAToken() {
        TestNode master = SITE.masters().get(0);
        TestNode replica = SITE.replicaOf(master);
        List<Outcome> verdicts = new ArrayList<>();

        FaultReport report = SITE.ride("kill -9 of a master whose replica missed the last writes", run -> {
            try (CutReplica cut = CutReplica.cut(SITE.cluster(), master, replica)) {
                List<String> missed = createOn(master, run.known());
                run.strike(master, master::kill9);
                verdicts.addAll(verdictsBeforePromotion(missed, cut));
                run.awaitPromotion(replica);
            }
        });

        // After the promotion these tokens are permanently lost, as the Redis documentation says.
        return claimsForALostMaster(report)
                .and(
                        "reports a token that the replica missed as unknown",
                        () -> assertThat(verdicts).isNotEmpty().containsOnly(Outcome.UNKNOWN))
                .tests();
    }

    private static List<String> createOn(TestNode master, KnownTokens known) {
        return known.subjectsOf(master).stream()
                .map(sub -> KnownTokens.create(SITE.client(), sub))
                .toList();
    }

    /** Validates the tokens until the promotion; a round counts only if the replica was still a replica after it. */
    private static List<Outcome> verdictsBeforePromotion(List<String> tokens, CutReplica replica) {
        List<Outcome> verdicts = new ArrayList<>();
        while (true) {
            List<Outcome> answers = Stream.of(Route.values())
                    .flatMap(route -> tokens.stream().map(token -> SITE.client().validate(token, route)))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
            if (replica.isPromoted()) {
                return verdicts;
            }
            verdicts.addAll(answers);
        }
    }

    private static Claims claimsForALostMaster(FaultReport report) {
        return Claims.of(report)
                .fullServiceAfterwards()
                .knownAfterRecovery(Kind.READ, AFTER_PROMOTION)
                .knownAfterRecovery(Kind.WRITE, AFTER_PROMOTION);
    }

    private static void makeMaster(TestNode node) {
        boolean isMaster;
        try (RespClient client = node.connect()) {
            isMaster = FaultSite.isMaster(client);
        }
        if (!isMaster) {
            node.failOver();
            SITE.cluster().awaitHealthy();
        }
    }

    /** Waits until every running node marks another as failed. */
    private static void awaitFailedEverywhere(TestNode failed) {
        List<TestNode> others = SITE.cluster().nodes().stream()
                .filter(node -> node.port() != failed.port())
                .toList();
        others.forEach(node -> FaultSite.awaitFailed(node, failed));
    }
}
