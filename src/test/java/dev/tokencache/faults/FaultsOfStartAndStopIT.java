package dev.tokencache.faults;

import dev.tokencache.faults.Answer.Kind;
import dev.tokencache.testing.ServiceClient;
import dev.tokencache.testing.ServiceClient.Route;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.TestNode;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Start and shutdown of the service itself. */
class FaultsOfStartAndStopIT {

    private static final int SIGTERM_EXIT = 143;

    @RegisterExtension
    static final FaultSite SITE = FaultSite.persistent();

    @TestFactory
    Stream<DynamicTest> shouldStartWithoutRedisAndConnectLater() {
        KnownTokens known = KnownTokens.create(SITE.cluster(), SITE.client());
        SITE.cluster().nodes().forEach(TestNode::kill9);

        try (ServiceProcess service = ServiceProcess.start(SITE.settings());
                FaultRun run = FaultRun.start("Redis absent at the start", known, warm(service, known))) {
            run.strikeAll(() -> run.load().awaitRound());
            SITE.cluster().heal();
            run.repaired();
            FaultReport report = SITE.written(run.finish(SITE.client()));

            return Claims.of(report)
                    .fullServiceAfterwards()
                    .noticesTheRepair()
                    .and("reports tokens as unknown meanwhile", () -> assertThat(report.unknown(Kind.READ))
                            .isPositive())
                    .tests();
        }
    }

    /** Warms up the JVM, so the slow first call of each kind does not count as an effect of the fault. */
    private static ServiceClient warm(ServiceProcess service, KnownTokens known) {
        ServiceClient client = new ServiceClient(service);
        String token = known.tokens().get(0).token();
        for (int i = 0; i < 2; i++) {
            Stream<CompletableFuture<?>> calls = Stream.concat(
                    Arrays.stream(Route.values()).map(route -> client.validate(token, route)),
                    Stream.of(client.create("warm"), client.expire("of-nobody")));
            calls.toList().forEach(CompletableFuture::join);
        }
        return client;
    }

    @TestFactory
    Stream<DynamicTest> shouldFinishRequestsInFlightOnSigterm() {
        KnownTokens known = KnownTokens.create(SITE.cluster(), SITE.client());
        try (ServiceProcess service = ServiceProcess.start(SITE.settings())) {
            ServiceClient client = warm(service, known);
            try (FaultRun run = FaultRun.start("SIGTERM of the service", known, client)) {
                FaultSite.awaitServed(run);
                int[] exit = new int[1];
                Thread end = new Thread(() -> exit[0] = service.stop());
                int[] lastReadiness = new int[1];
                run.strike(end::start);
                // Like a load balancer: polls readiness and stops sending when the service is not ready.
                FaultSite.await("readiness to go down", () -> {
                    lastReadiness[0] = client.readiness();
                    return lastReadiness[0] != 200;
                });
                FaultReport report = SITE.written(run.finishNow(SITE.client()));
                FaultSite.await("the service to exit", () -> !end.isAlive());

                return Claims.of(report)
                        .nothingLost()
                        .and("reports that it is not ready before it exits", () -> assertThat(lastReadiness[0])
                                .isEqualTo(503))
                        .and("exits with the status of SIGTERM", () -> assertThat(exit[0])
                                .isEqualTo(SIGTERM_EXIT))
                        .tests();
            }
        }
    }
}
