package dev.tokencache.faults;

import dev.tokencache.faults.Answer.Kind;
import dev.tokencache.testing.ServiceClient;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Running nodes that refuse to serve, and shards that fail as a whole. Restarted nodes have their data again. */
class FaultsOfServersIT {

    @RegisterExtension
    static final FaultSite SITE = FaultSite.persistent();

    @TestFactory
    Stream<DynamicTest> shouldSurviveAMasterThatIsLoading() {
        TestNode master = SITE.masters().get(0);

        FaultReport report = SITE.ride("LOADING: a master reloads its data", run -> {
            SlowReload reload = new SlowReload(SITE.cluster(), master, keyOn(run.known(), master));
            reload.fill();
            run.strike(master, reload::run);
            run.repaired();
            reload.clean();
        });

        return Claims.of(report)
                .nothingLost()
                .fullServiceAfterwards()
                .noticesTheRepair()
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldServeTheOtherShardsWhileOneIsDown() {
        TestNode master = SITE.masters().get(0);
        TestNode replica = SITE.replicaOf(master);

        FaultReport report = SITE.ride("a master and its replica killed: slots without a server", run -> {
            run.strike(master, () -> killAll(List.of(master, replica)));
            SITE.masters().stream()
                    .filter(node -> node.port() != master.port())
                    .forEach(node -> FaultSite.awaitFailed(node, master));
            run.load().awaitRound();
            SITE.cluster().heal();
            run.repaired();
        });

        return Claims.of(report).fullServiceAfterwards().noticesTheRepair().tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldReportNoTokenAsInactiveWhileTheMajorityIsDown() {
        List<TestNode> masters = SITE.masters();
        List<TestNode> lost = masters.subList(0, 2).stream()
                .flatMap(master -> Stream.of(master, SITE.replicaOf(master)))
                .toList();

        FaultReport report = SITE.ride("two of three masters killed with their replicas", run -> {
            // The third alone is no majority, so it stops serving.
            run.strikeAll(() -> killAll(lost));
            awaitClusterDown(masters.get(2));
            run.load().awaitRound();
            SITE.cluster().heal();
            run.repaired();
        });

        return Claims.of(report).fullServiceAfterwards().noticesTheRepair().tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldRecoverTogetherWithTheWholeCluster() {
        FaultReport report = SITE.ride("the whole cluster killed and started again", run -> {
            run.strikeAll(() -> killAll(SITE.cluster().nodes()));
            run.load().awaitRound();
            run.load().awaitRound();
            SITE.cluster().heal();
            run.repaired();
        });

        return Claims.of(report).fullServiceAfterwards().noticesTheRepair().tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldNotUseANodeOfAnotherClusterAtTheAddressOfAMaster() {
        TestNode master = SITE.masters().get(2);

        FaultReport report = SITE.ride("a node of another cluster at the address of a master", run -> {
            run.strike(master, master::restartAsAnotherCluster);
            run.load().awaitRound();
            run.load().awaitRound();
            master.restartAsBefore();
            SITE.cluster().awaitHealthy();
            run.repaired();
        });

        return Claims.of(report).fullServiceAfterwards().noticesTheRepair().tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldServeEveryCallWhileAMasterRefusesNewClients() {
        TestNode master = SITE.masters().get(1);

        FaultReport report = SITE.ride(
                "maxclients reached at a master",
                run -> run.strike(() -> {
                    try (Squatters squatters = Squatters.fill(master)) {
                        run.load().awaitRound();
                    }
                }));

        return Claims.of(report)
                .nothingLost()
                .fullServiceAfterwards()
                .noticesTheRepair()
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldSurviveAMasterThatClosesItsConnectionsAndRefusesNewOnes() {
        TestNode master = SITE.masters().get(1);

        FaultReport report = SITE.ride("maxclients reached at a master, and its connections lost", run -> {
            try (Squatters squatters = Squatters.fill(master)) {
                run.strike(master, squatters::evictAll);
                run.load().awaitRound();
                run.load().awaitRound();
            }
            run.repaired();
        });

        return Claims.of(report)
                .nothingLost()
                .fullServiceAfterwards()
                .noticesTheRepair()
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldServeEveryCallAfterAPasswordChangeWhileConnectionsLast() {
        try (Passwords passwords = Passwords.of(SITE.cluster())) {
            FaultReport report = SITE.ride("password changed, connections kept", run -> {
                run.strike(passwords::change);
                run.load().awaitRound();
                run.load().awaitRound();
                passwords.restore();
            });

            return Claims.of(report).nothingLost().fullServiceAfterwards().tests();
        }
    }

    @TestFactory
    Stream<DynamicTest> shouldReportUnknownAndNeverInactiveWithTheOldPassword() {
        try (Passwords passwords = Passwords.of(SITE.cluster())) {
            boolean[] isServedWithNewPassword = new boolean[1];
            FaultReport report = SITE.ride("password changed, connections lost", run -> {
                run.strikeAll(() -> {
                    passwords.change();
                    passwords.dropClients();
                });
                run.load().awaitRound();
                isServedWithNewPassword[0] = isServed(run.known(), passwords.changed());
                passwords.restore();
                run.repaired();
            });

            return Claims.of(report)
                    .fullServiceAfterwards()
                    .noticesTheRepair()
                    .and("reports tokens as unknown meanwhile", () -> assertThat(report.unknown(Kind.READ))
                            .isPositive())
                    .and(
                            "is over for a service started with the new password",
                            () -> assertThat(isServedWithNewPassword[0]).isTrue())
                    .tests();
        }
    }

    private static boolean isServed(KnownTokens known, String password) {
        Map<String, String> settings = new TreeMap<>(SITE.settings());
        settings.put("quarkus.redis.password", password);
        try (ServiceProcess service = ServiceProcess.start(settings);
                SteadyLoad load = SteadyLoad.start(known, new ServiceClient(service))) {
            return load.isSoonServed();
        }
    }

    private static void killAll(List<TestNode> nodes) {
        nodes.forEach(TestNode::kill9);
    }

    private static void awaitClusterDown(TestNode node) {
        try (RespClient client = node.connect()) {
            FaultSite.await("CLUSTERDOWN", () -> client.text("CLUSTER", "INFO").contains("cluster_state:fail"));
        }
    }

    private static String keyOn(KnownTokens known, TestNode master) {
        return known.tokens().stream()
                .filter(token -> token.shard() == master.port())
                .map(token -> SlotOwners.keyOf(token.sub()))
                .findFirst()
                .orElseThrow();
    }
}
