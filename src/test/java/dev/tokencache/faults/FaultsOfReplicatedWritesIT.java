package dev.tokencache.faults;

import dev.tokencache.redis.HashSlot;
import dev.tokencache.testing.Outcome;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceClient.Written;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.TestNode;
import dev.tokencache.token.RoutingTag;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** With {@code tokencache.redis.min-replicas=1}, an acknowledged write survives the loss of any one node. */
class FaultsOfReplicatedWritesIT {

    @RegisterExtension
    static final FaultSite SITE = FaultSite.with("tokencache.redis.min-replicas", "1");

    @TestFactory
    Stream<DynamicTest> shouldLoseNoAcknowledgedWriteWhileEachMasterIsKilledInTurn() {
        FaultReport report = SITE.ride("every master killed in turn, min-replicas=1", run -> {
            for (TestNode master : SITE.masters()) {
                TestNode replica = SITE.replicaOf(master);
                run.strike(master, master::kill9);
                run.awaitPromotion(replica);
                // A shard without a replica would not survive the loss of its master.
                SITE.cluster().heal();
                run.load().isSoonServed();
            }
        });

        return Claims.of(report).nothingLost().fullServiceAfterwards().tests();
    }

    /** On one machine a replica rarely lags enough to miss a write, so replication is cut. */
    @TestFactory
    Stream<DynamicTest> shouldReportWhichWritesAReplicaMissed() {
        TestNode master = SITE.masters().get(0);
        TestNode replica = SITE.replicaOf(master);
        List<Written> late = new ArrayList<>();

        FaultReport report = SITE.ride("kill -9 of a master whose replica missed writes, min-replicas=1", run -> {
            try (CutReplica cut = CutReplica.cut(SITE.cluster(), master, replica)) {
                run.known()
                        .subjectsOf(master)
                        .forEach(sub -> late.add(SITE.client().create(sub).join()));
                run.load().awaitRound();
                run.strike(master, master::kill9);
                run.awaitPromotion(replica);
            }
        });

        return Claims.of(report)
                .nothingLost()
                .fullServiceAfterwards()
                .and("reports every write that the replica missed as not replicated", () -> assertThat(late)
                        .isNotEmpty()
                        .allMatch(written -> written.outcome() == Outcome.SERVED && !written.isReplicated()))
                .tests();
    }

    /** A journal repairs what the response would otherwise have reported. */
    @Test
    void shouldNotUndoALogoutThatAReplicaMissedIfThereIsAJournal(@TempDir Path folder) {
        TestNode master = SITE.masters().get(0);
        TestNode replica = SITE.replicaOf(master);
        Map<String, String> settings = SITE.settings();
        settings.put("tokencache.journal.kind", "local");
        settings.put("tokencache.journal.local.path", folder.toString());
        settings.put("tokencache.journal.confirm-after", "2s");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            ServiceApi api = ServiceApi.of(service);
            String token = api.tokenFor(subjectOf(master));
            try (CutReplica cut = CutReplica.cut(SITE.cluster(), master, replica)) {
                api.expire(token).then().statusCode(204).header("X-Journaled", "true");
                master.kill9();
                FaultSite.awaitPromotion(replica);
            }

            assertThat(api.isActive(token)).as("before the replay").isFalse();
            SITE.cluster().heal();
            FaultSite.await("the replay", () -> api.journal().<Integer>path("entries") == 0);
            assertThat(api.isActive(token)).as("in Redis").isFalse();
        }
    }

    private static String subjectOf(TestNode master) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> "journaled-" + i)
                .filter(sub -> SITE.cluster()
                                .masterOf(HashSlot.of(
                                        RoutingTag.ofSubject(sub).value().getBytes(StandardCharsets.US_ASCII)))
                                .port()
                        == master.port())
                .findFirst()
                .orElseThrow();
    }
}
