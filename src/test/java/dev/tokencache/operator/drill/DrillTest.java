package dev.tokencache.operator.drill;

import dev.tokencache.operator.doctor.Finding;
import dev.tokencache.operator.drill.DrillPlan.Conditions;
import dev.tokencache.operator.drill.DrillPlan.Settings;
import dev.tokencache.operator.drill.DrillReport.Verdict;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.token.InvalidRequestException;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Decisions of a drill in virtual time. */
class DrillTest {

    private static final Gate.Hours ANY = Gate.Hours.parse("00:00-00:00");

    private final FakeCluster cluster = new FakeCluster(3);
    private long journalEntries;
    private List<Finding> findings = List.of();
    private Gate.Hours hours = ANY;
    private Set<Gate.Check> skipped = Set.of();
    private List<Endpoint> nodes = List.of();
    private int parallel = 1;
    private Hook hook;

    private DrillReport run(DrillType type) {
        return drill(type, cluster).run();
    }

    private Drill drill(DrillType type, FakeCluster on) {
        return on.drill(
                DrillPlan.of(type, on.state(), on, settings()),
                new Conditions(
                        () -> findings, () -> journalEntries, new Gate.Limits(hours, Integer.MAX_VALUE), skipped));
    }

    private Settings settings() {
        return new Settings(
                nodes,
                parallel,
                Duration.ofSeconds(1),
                Duration.ofSeconds(20),
                hook,
                null,
                3,
                "token-cache",
                "",
                "tc:");
    }

    private static List<String> texts(DrillReport report, String field) {
        return report.report().findValuesAsText(field);
    }

    private String reasons(DrillReport report) {
        return report.report().path("reasons").toString();
    }

    @Test
    void shouldRefuseForEachReasonAndChangeNothing() {
        FakeCluster.Member replica = cluster.member("r1");
        replica.isInSync = false;
        journalEntries = 3;
        parallel = 2;
        hours = new Gate.Hours(LocalTime.of(11, 0), LocalTime.of(12, 0));
        findings = List.of(
                new Finding("TC201", Finding.Status.ERROR, "shard 1", "no replica"),
                new Finding("TC301", Finding.Status.WARN, "node", "0"));

        assertThatExceptionOfType(Gate.Refused.class)
                .isThrownBy(() -> run(DrillType.HANDOVER))
                .satisfies(refused -> assertThat(refused.reasons())
                        .containsExactly(
                                "doctor: TC201 shard 1: no replica",
                                "replicas: 10.0.0.1:7101 is not in sync with its master",
                                "journal: 3 entries wait for Redis",
                                "hours: drills are allowed at 11:00-12:00, and it is 10:00",
                                "shards: at most 1 shards at a time, not 2: the other masters must be a majority"));
        assertThat(cluster.changes).isEmpty();
        assertThat(cluster.said).containsExactly("released");
        assertThat(cluster.stored).isEmpty();
    }

    @Test
    void shouldRefuseADeadNodeAndASlotWithoutMaster() {
        cluster.member("m1").isUp = false;

        assertThatExceptionOfType(Gate.Refused.class)
                .isThrownBy(() -> run(DrillType.HANDOVER))
                .satisfies(refused -> assertThat(refused.reasons())
                        .contains("cluster: 10.0.0.1:7001 is listed as failed", "cluster: 5461 slots have no master"));
    }

    @Test
    void shouldRefuseWhatCannotBeAsked() {
        findings = null;

        assertThatExceptionOfType(Gate.Refused.class)
                .isThrownBy(() -> run(DrillType.HANDOVER))
                .withMessageContaining("doctor: unknown");
    }

    @Test
    void shouldSkipOnlyNamedGatesAndNameThemInTheReport() {
        journalEntries = 3;
        skipped = Set.of(Gate.Check.JOURNAL);

        DrillReport report = run(DrillType.HANDOVER);

        assertThat(report.verdict()).isEqualTo(Verdict.HELD);
        assertThat(report.report().path("skipped_gates").toString()).isEqualTo("[\"journal\"]");
    }

    @Test
    void shouldNeverRunNextToAnotherDrill() {
        cluster.leaseHolder = new DrillState(
                        "id-2", "rolling", "alice", "", "steps", List.of(), 0, List.of(), List.of())
                .json()
                .toString();
        skipped = Set.of(Gate.Check.values());

        assertThatExceptionOfType(Gate.Refused.class)
                .isThrownBy(() -> run(DrillType.HANDOVER))
                .withMessage("lease: another drill is running, id-2 of the caller alice");
        assertThat(cluster.said).isEmpty();
    }

    @Test
    void shouldRefuseWithoutCanaries() {
        cluster.canaries = (scores, now) -> {};

        assertThatExceptionOfType(Gate.Refused.class)
                .isThrownBy(() -> run(DrillType.HANDOVER))
                .withMessageContaining("the service does not answer for shard 0-5460");
        assertThat(cluster.changes).containsExactly("canaries removed");
    }

    @Test
    void shouldHandOverOnlyToAReplicaThatStaysAbleToTakeOver() {
        DrillReport report = run(DrillType.HANDOVER);

        assertThat(report.verdict()).isEqualTo(Verdict.HELD);
        assertThat(cluster.changes)
                .containsExactly(
                        "r0 CLUSTER FAILOVER", "r0 CLIENT PAUSE 10000 WRITE", "r0 CLIENT UNPAUSE", "canaries removed");
        // A second of canaries, then twice the node timeout.
        assertThat(cluster.times.get("r0 CLUSTER FAILOVER"))
                .isGreaterThan(Duration.ofSeconds(3).toNanos());
        assertThat(cluster.stored.values()).containsExactly(report.json());
    }

    @Test
    void shouldNotHandOverToAnOlderVersion() {
        cluster.member("r0").version = "6.2.14";

        DrillReport report = run(DrillType.HANDOVER);

        assertThat(report.verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(reasons(report)).contains("an older node may be unable to read its data");
        assertThat(cluster.changes).containsExactly("canaries removed");
    }

    @Test
    void shouldSayThatAnAbandonedFailoverChangedNothing() {
        cluster.failsOver = false;

        DrillReport report = run(DrillType.HANDOVER);

        assertThat(report.verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(reasons(report)).contains("10.0.0.1:7000 is still the master");
        assertThat(report.report().path("left").isEmpty()).isTrue();
    }

    @Test
    void shouldStopTheSecondOfTwoMasters() {
        cluster.oldMasterFollows = false;
        cluster.hasSupervisor = false;

        DrillReport report = run(DrillType.HANDOVER);

        assertThat(report.verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(cluster.changes).contains("r0 SHUTDOWN NOSAVE");
        assertThat(texts(report, "command")).singleElement().asString().contains("delete its data and its nodes.conf");
    }

    @Test
    void shouldRestartReplicasFirstAndEachOldMasterLast() {
        DrillReport report = run(DrillType.ROLLING);

        assertThat(report.verdict()).isEqualTo(Verdict.HELD);
        assertThat(changes())
                .containsExactly(
                        "r0 SHUTDOWN",
                        "r0 CLUSTER FAILOVER",
                        "m0 SHUTDOWN",
                        "r1 SHUTDOWN",
                        "r1 CLUSTER FAILOVER",
                        "m1 SHUTDOWN",
                        "r2 SHUTDOWN",
                        "r2 CLUSTER FAILOVER",
                        "m2 SHUTDOWN");
    }

    @Test
    void shouldRestartSeveralShardsAtATime() {
        FakeCluster five = new FakeCluster(5);
        parallel = 2;

        DrillReport report = drill(DrillType.ROLLING, five).run();

        assertThat(report.verdict()).isEqualTo(Verdict.HELD);
        assertThat(five.changes.stream().filter(line -> line.endsWith("SHUTDOWN") || line.endsWith("FAILOVER")))
                .startsWith(
                        "r0 SHUTDOWN",
                        "r1 SHUTDOWN",
                        "r0 CLUSTER FAILOVER",
                        "m0 SHUTDOWN",
                        "r1 CLUSTER FAILOVER",
                        "m1 SHUTDOWN",
                        "r2 SHUTDOWN");
    }

    private List<String> changes() {
        return cluster.changes.stream()
                .filter(line -> line.endsWith("SHUTDOWN") || line.endsWith("FAILOVER"))
                .toList();
    }

    @Test
    void shouldSayWhatIsLeftIfANodeDoesNotReturn() {
        cluster.hasSupervisor = false;

        DrillReport report = run(DrillType.ROLLING);

        assertThat(report.verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(reasons(report)).contains("waited 20.00 s for 10.0.0.1:7100 to run again");
        assertThat(texts(report, "what")).containsExactly("10.0.0.1:7100 was stopped, and is not in sync yet");
        assertThat(report.report().path("continue_with").asText())
                .isEqualTo("drill run rolling --node 10.0.0.1:7100 --node 10.0.0.1:7000 --node 10.0.0.1:7101"
                        + " --node 10.0.0.1:7001 --node 10.0.0.1:7102 --node 10.0.0.1:7002");
    }

    @Test
    void shouldContinueWithTheNodesThatAreLeft() {
        nodes = List.of(new Endpoint("10.0.0.1", 7001), new Endpoint("10.0.0.1", 7102));

        run(DrillType.ROLLING);

        assertThat(changes()).containsExactly("r1 CLUSTER FAILOVER", "m1 SHUTDOWN", "r2 SHUTDOWN");
    }

    @Test
    void shouldEndBetweenTwoStepsIfItIsInterrupted() {
        Drill drill = drill(DrillType.ROLLING, cluster);
        cluster.after(Duration.ofSeconds(6), () -> drill.stop("interrupted by the operator"));

        DrillReport report = drill.run();

        assertThat(report.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(reasons(report)).isEqualTo("[\"interrupted by the operator\"]");
        assertThat(report.report().path("continue_with").asText()).startsWith("drill run rolling --node");
        assertThat(cluster.said).contains("released");
    }

    @Test
    void shouldNotLeaveAFailoverHalfDoneWhenItIsInterrupted() {
        Drill drill = drill(DrillType.HANDOVER, cluster);
        cluster.failsOver = false;
        cluster.canaries = (scores, now) -> {
            cluster.serve(scores, now);
            if (cluster.changes.contains("r0 CLUSTER FAILOVER") && !cluster.failsOver) {
                drill.stop("interrupted by the operator");
                cluster.failsOver = true;
                cluster.member("r0").isMaster = true;
                cluster.member("m0").isMaster = false;
            }
        };

        DrillReport report = drill.run();

        assertThat(cluster.changes).contains("r0 CLIENT UNPAUSE");
        assertThat(report.report().path("left").isEmpty()).isTrue();
    }

    @Test
    void shouldAbortWhenTheUnknownBudgetIsSpent() {
        cluster.canaries = (scores, now) -> {
            if (changes().isEmpty()) {
                cluster.serve(scores, now);
            } else {
                scores.unknown(0, Scores.Kind.READ, now, now + 1);
            }
        };

        DrillReport report = run(DrillType.ROLLING);

        assertThat(report.verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(reasons(report)).contains("shard 0-5460: unknown for", "the budget is 1.00 s");
        assertThat(changes()).containsExactly("r0 SHUTDOWN");
    }

    @Test
    void shouldHoldWithinTheUnknownBudget() {
        cluster.canaries = (scores, now) -> {
            boolean isShort = now < Duration.ofSeconds(4).toNanos()
                    && now > Duration.ofMillis(3200).toNanos();
            if (isShort) {
                scores.unknown(0, Scores.Kind.WRITE, now, now + 1);
            } else {
                cluster.serve(scores, now);
            }
        };

        DrillReport report = run(DrillType.HANDOVER);

        assertThat(report.verdict()).isEqualTo(Verdict.HELD);
        assertThat(report.report().path("shards").path(0).path("unknown_writes").asLong())
                .isBetween(700L, 900L);
    }

    @Test
    void shouldAbortAtOneFalseInactive() {
        cluster.after(Duration.ofMillis(2500), () -> cluster.scores.violated(2, Scores.Violation.FALSE_INACTIVE));

        DrillReport report = run(DrillType.HANDOVER);

        assertThat(report.verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(reasons(report)).isEqualTo("[\"shard 10922-16383: 1 live tokens were reported inactive\"]");
        assertThat(changes()).isEmpty();
    }

    @Test
    void shouldNotKnowIfTheServiceDidNotRespond() {
        cluster.canaries = (scores, now) -> {
            cluster.serve(scores, now);
            scores.noResponse(1);
        };

        DrillReport report = run(DrillType.HANDOVER);

        assertThat(report.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(reasons(report)).contains("calls had no response");
    }

    @Test
    void shouldEndIfAnotherDrillTookTheLease() {
        cluster.after(Duration.ofSeconds(3), () -> cluster.leaseHolder = "another");

        DrillReport report = run(DrillType.ROLLING);

        assertThat(report.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(reasons(report)).contains("another drill has taken the lease");
    }

    @Test
    void shouldKillThroughTheHookAndWaitForTheHeir() {
        hook = (action, node) -> {
            cluster.changes.add(action + " " + node.id());
            cluster.member("m0").isUp = false;
            cluster.after(Duration.ofSeconds(3), () -> {
                cluster.member("r0").isMaster = true;
                cluster.member("m0").isMaster = false;
            });
            cluster.after(Duration.ofSeconds(5), () -> cluster.start(cluster.member("m0")));
        };

        DrillReport report = run(DrillType.LOSE_MASTER);

        assertThat(cluster.changes).containsExactly("kill m0", "canaries removed");
        assertThat(report.verdict()).as(reasons(report)).isEqualTo(Verdict.HELD);
        assertThat(report.report()
                        .path("measured")
                        .path("cluster_recovered_after")
                        .asLong())
                .isBetween(2900L, 3300L);
        assertThat(ReportPage.of(report))
                .startsWith("# Drill 20261130T100000Z-lose-master: held\n")
                .containsOnlyOnce("# Drill ")
                .contains("| cluster recovered after | false inactive |");
    }

    @Test
    void shouldSayThatAKilledNodeIsStillDown() {
        hook = (action, node) -> cluster.member("r0").isUp = false;

        DrillReport report = run(DrillType.LOSE_REPLICA);

        assertThat(report.verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(texts(report, "what")).containsExactly("10.0.0.1:7100 was killed");
    }

    @Test
    void shouldRefuseATypeWithoutItsHook() {
        assertThatExceptionOfType(InvalidRequestException.class)
                .isThrownBy(() -> run(DrillType.LOSE_MASTER))
                .satisfies(invalid -> assertThat(invalid.violations())
                        .containsExactly(new InvalidRequestException.Violation(
                                "hook", "is missing: the program that kills a node")));
    }

    @Test
    void shouldStoreTheReportOnceTheClusterAcceptsIt() {
        cluster.failedStores = 2;

        run(DrillType.HANDOVER);

        assertThat(cluster.stored).hasSize(1);
    }

    @Test
    void shouldDetectAChangedReport() {
        DrillReport report = run(DrillType.HANDOVER);

        assertThat(report.isIntact()).isTrue();
        assertThat(new DrillReport(report.json().replace("held", "broken")).isIntact())
                .isFalse();
    }

    @Test
    void shouldAllowHoursAcrossMidnight() {
        Gate.Hours night = Gate.Hours.parse("22:00-04:00");

        assertThat(night.contain(LocalTime.of(23, 0))).isTrue();
        assertThat(night.contain(LocalTime.of(3, 59))).isTrue();
        assertThat(night.contain(LocalTime.of(4, 0))).isFalse();
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Gate.Hours.parse("9-16"));
    }

    @Test
    void shouldEndWhenACallerAsksTheCluster() {
        cluster.after(Duration.ofSeconds(2), () -> cluster.abort = "alice");

        DrillReport report = run(DrillType.ROLLING);

        assertThat(report.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(reasons(report)).contains("stopped by the caller alice");
        assertThat(report.report().path("steps_done").asInt()).isLessThan(2);
    }

    @Test
    void shouldShowItsStateAsItsLeaseStoresIt() {
        run(DrillType.HANDOVER);

        DrillState state = cluster.state;
        assertThat(state.by()).isEqualTo("operator");
        assertThat(state.phase()).isEqualTo("ending");
        assertThat(state.steps()).hasSize(1);
        assertThat(state.shards()).hasSize(3);
        assertThat(state.shards().get(0).served()).isPositive();
        assertThat(state.timeline()).isNotEmpty();
        assertThat(DrillState.parse(state.json().toString())).contains(state);
        assertThat(DrillState.parse("{\"id\":7,\"steps\":4}")).isEmpty();
    }

    @Test
    void shouldLimitTheShardsAtATime() {
        FakeCluster five = new FakeCluster(5);
        parallel = 2;
        Drill drill = five.drill(
                DrillPlan.of(DrillType.ROLLING, five.state(), five, settings()),
                new Conditions(() -> findings, () -> journalEntries, new Gate.Limits(hours, 1), skipped));

        assertThatExceptionOfType(Gate.Refused.class)
                .isThrownBy(drill::run)
                .withMessage("shards: at most 1 shards at a time, not 2: tokencache.drill.max-parallel");
    }

    /** Otherwise both masters could see the other one as the owner in the end. */
    @Test
    void shouldMoveASlotBackOnlyWhenItsMasterKnowsTheEpochOfTheMoveAway() {
        cluster.slots = List.of(7);

        DrillReport report = run(DrillType.RESHARD);

        assertThat(report.verdict()).isEqualTo(Verdict.HELD);
        assertThat(cluster.times.get("m0 CLUSTER SETSLOT 7 IMPORTING m1"))
                .isGreaterThanOrEqualTo(cluster.times.get("m1 CLUSTER SETSLOT 7 NODE m1") + cluster.gossip.toNanos());
    }

    @Test
    void shouldNotMoveASlotBackWithoutGossip() {
        cluster.slots = List.of(7);
        cluster.gossip = Duration.ofMinutes(10);

        DrillReport report = run(DrillType.RESHARD);

        assertThat(report.verdict()).isNotEqualTo(Verdict.HELD);
        assertThat(cluster.changes).doesNotContain("m0 CLUSTER SETSLOT 7 IMPORTING m1");
    }

    @Test
    void shouldEndWhileItWaitsForGossip() {
        cluster.slots = List.of(7);
        cluster.gossip = Duration.ofSeconds(15);
        Drill drill = drill(DrillType.RESHARD, cluster);
        cluster.after(Duration.ofSeconds(6), () -> drill.stop("interrupted by the operator"));

        DrillReport report = drill.run();

        assertThat(report.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(cluster.changes)
                .contains("m1 CLUSTER SETSLOT 7 NODE m1")
                .doesNotContain("m0 CLUSTER SETSLOT 7 IMPORTING m1");
    }
}
