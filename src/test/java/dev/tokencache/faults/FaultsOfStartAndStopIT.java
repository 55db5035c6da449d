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

/** The service's own comings and goings. */
class FaultsOfStartAndStopIT {

    private static final int SIGTERM_EXIT = 143;

    @RegisterExtension
    static final FaultSite SITE = FaultSite.persistent();

    @TestFactory
    Stream<DynamicTest> shouldStartWithoutRedisAndFindItLater() {
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
                    .and("is unknown meanwhile", () -> assertThat(report.unknown(Kind.READ))
                            .isPositive())
                    .tests();
        }
    }

    /** What the first call of each kind costs a JVM is none of the fault's. */
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
    Stream<DynamicTest> shouldFinishWhatItBeganWhenItIsToldToEnd() {
        KnownTokens known = KnownTokens.create(SITE.cluster(), SITE.client());
        try (ServiceProcess service = ServiceProcess.start(SITE.settings())) {
            ServiceClient client = warm(service, known);
            try (FaultRun run = FaultRun.start("SIGTERM of the service", known, client)) {
                FaultSite.awaitServed(run);
                int[] exit = new int[1];
                Thread end = new Thread(() -> exit[0] = service.stop());
                int[] lastReadiness = new int[1];
                run.strike(end::start);
                // As a load balancer does: it asks all the time, and stops sending when the answer is no.
                FaultSite.await("readiness to go down", () -> {
                    lastReadiness[0] = client.readiness();
                    return lastReadiness[0] != 200;
                });
                FaultReport report = SITE.written(run.finishNow(SITE.client()));
                FaultSite.await("the end of the service", () -> !end.isAlive());

                return Claims.of(report)
                        .nothingLost()
                        .and("says that it is not ready before it is gone", () -> assertThat(lastReadiness[0])
                                .isEqualTo(503))
                        .and("ends as told", () -> assertThat(exit[0]).isEqualTo(SIGTERM_EXIT))
                        .tests();
            }
        }
    }
}
