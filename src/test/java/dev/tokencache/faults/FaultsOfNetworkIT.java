package dev.tokencache.faults;

import dev.tokencache.faults.KnownTokens.KnownToken;
import dev.tokencache.faults.KnownTokens.Writable;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.testing.Heartbeat;
import dev.tokencache.testing.Outcome;
import dev.tokencache.testing.ServiceClient;
import dev.tokencache.testing.ServiceClient.Route;
import dev.tokencache.testing.cluster.TcpFaultProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Faults of the network while all processes live: partitions, loss and latency between Redis nodes and two instances of the
 * service. Each scenario runs alone, too. Skipped without root or {@code ip}.
 */
class FaultsOfNetworkIT {

    private static final int NEAR = 6;
    private static final int FAR = 7;
    private static final int TOKENS_PER_SHARD = 10;
    private static final int SUBJECTS_PER_SHARD = 4;
    /** How long an instance may miss a promotion, if only the masters lose each other. */
    private static final Duration PROMOTION_NOTICED = Duration.ofMillis(500);
    /** Longer than the node timeout, so that the cluster reacts. */
    private static final Duration PARTITION = Duration.ofSeconds(5);

    /** Of each shard, all at the same time. */
    private static final int REVOKED = 3;

    /** For how long an expired token is validated: longer than one call may take, so that later ones meet a replica. */
    private static final Duration WATCHED = Duration.ofSeconds(3);

    private static NetworkLab lab;
    /** Of an instance with direct connections; the partitions hit it. */
    private static ServiceClient near;
    /** Of an instance that no partition hits. */
    private static ServiceClient far;

    @BeforeAll
    static void start() {
        lab = NetworkLab.start();
        Map<String, String> settings = Map.of("tokencache.redis.min-replicas", "1");
        near = new ServiceClient(lab.startService(NEAR, settings));
        far = new ServiceClient(lab.startServiceBehindProxies(FAR, settings));
    }

    @AfterAll
    static void stop() {
        if (lab != null) {
            lab.close();
        }
    }

    @AfterEach
    void heal() {
        lab.heal();
    }

    @TestFactory
    Stream<DynamicTest> shouldSurviveTheIsolationOfAMaster() {
        int master = lab.masterOf(0);
        return claims(ride("a master isolated", near, run -> {
                    run.strike(0, () -> {
                        lab.cut(master, lab.others(master));
                        lab.cut(master, List.of(NEAR));
                    });
                    lab.awaitPromotion(master);
                    run.repaired();
                }))
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldLoseNothingOnAMinorityMasterInReach() {
        int master = lab.masterOf(0);
        List<Duration> late = new ArrayList<>();
        return claims(ride("a master on the minority side, in reach of the service", near, run -> {
                    run.strike(0, () -> lab.cut(master, lab.others(master)));
                    lab.awaitPromotion(master);
                    run.repaired();
                    late.add(revokedButActive(0));
                }))
                .and("knows revocations of others", () -> assertThat(late)
                        .allMatch(time -> time.compareTo(PROMOTION_NOTICED) <= 0))
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldLoseNothingWhenOnlyTheBusFails() {
        int master = lab.masterOf(1);
        List<Duration> late = new ArrayList<>();
        return claims(ride("the cluster bus of a master cut", near, run -> {
                    run.strike(1, () -> lab.cutBus(master));
                    lab.awaitPromotion(master);
                    run.repaired();
                    late.add(revokedButActive(1));
                }))
                .and("knows revocations of others", () -> assertThat(late)
                        .allMatch(time -> time.compareTo(PROMOTION_NOTICED) <= 0))
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldSurviveTheLossOfAMastersReplies() {
        int master = lab.masterOf(2);
        return claims(ride("all packets from a master lost", near, run -> {
                    run.strike(2, () -> {
                        lab.others(master).forEach(other -> lab.drop(master, other));
                        lab.drop(master, NEAR);
                    });
                    lab.awaitPromotion(master);
                    run.repaired();
                }))
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldSurviveAFlappingLink() {
        int master = lab.masterOf(0);
        return claims(ride(
                        "the link to a master flaps",
                        near,
                        run -> run.strike(0, () -> {
                            for (int i = 0; i < 8; i++) {
                                lab.cut(master, List.of(NEAR));
                                pass(Duration.ofMillis(300));
                                lab.mend();
                                pass(Duration.ofMillis(300));
                            }
                        })))
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldKnowRevocationsOfOthersWhenCutOffFromAMaster() {
        int master = lab.masterOf(1);
        List<Duration> late = new ArrayList<>();
        return claims(ride("the service cut off from a master", near, run -> {
                    run.strike(1, () -> lab.cut(master, List.of(NEAR)));
                    late.add(revokedButActive(1));
                    lab.mend();
                }))
                .and("knows revocations of others", () -> assertThat(late).containsOnly(Duration.ZERO))
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldKnowRevocationsOfOthersInASplit() {
        int master = lab.masterOf(2);
        List<Duration> late = new ArrayList<>();
        return claims(ride("the service and a master split from the rest", near, run -> {
                    run.strikeAll(() -> {
                        List<Integer> majority = lab.others(master);
                        lab.cut(master, majority);
                        lab.cut(NEAR, majority);
                        lab.cut(master, List.of(NetworkLab.HERE));
                    });
                    lab.awaitPromotion(master);
                    late.add(revokedButActive(2));
                    lab.mend();
                }))
                .and("knows revocations of others", () -> assertThat(late).containsOnly(Duration.ZERO))
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldServeEveryCallWith200MillisecondsOfLatency() {
        FaultReport report = ride("200 ms of latency to all nodes", far, run -> {
            run.strike(() -> lab.proxies().forEach(proxy -> proxy.delay(Duration.ofMillis(200))));
            pass(PARTITION);
            lab.mend();
        });
        return claims(report).tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldNotLieWith350MillisecondsOfLatency() {
        return claims(ride("350 ms of latency to all nodes", far, run -> {
                    run.strikeAll(() -> lab.proxies().forEach(proxy -> proxy.delay(Duration.ofMillis(350))));
                    pass(PARTITION);
                    lab.mend();
                }))
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldNotLieWhenAFifthOfThePacketsIsLost() {
        return claims(ride("a fifth of the packets to all nodes lost", far, run -> {
                    run.strikeAll(() -> lab.proxies().forEach((TcpFaultProxy proxy) -> proxy.lose(0.2)));
                    pass(PARTITION);
                    lab.mend();
                }))
                .tests();
    }

    private static Claims claims(FaultReport report) {
        return Claims.of(report).nothingLost().fullServiceAfterwards();
    }

    /** Runs a fault under a steady load through one instance; the network is repaired before the load ends. */
    private static FaultReport ride(String name, ServiceClient client, Consumer<FaultRun> fault) {
        try (FaultRun run = FaultRun.start(name, known(client), client)) {
            FaultSite.awaitServed(run);
            FaultSite.await("the service to trust every replica", () -> client.readReplicas() == NetworkLab.SHARDS);
            fault.accept(run);
            run.load().awaitRound();
            lab.mend();
            FaultReport report = run.finish(client);
            ReportFile.append(report, lab.redisVersion());
            return report;
        }
    }

    /** Tokens and subjects of each shard; shard i has the slots of form-cluster. */
    private static KnownTokens known(ServiceClient client) {
        String run = UUID.randomUUID().toString();
        List<KnownToken> tokens = subjects(run + "-read-", TOKENS_PER_SHARD).stream()
                .map(subject -> new KnownToken(
                        KnownTokens.create(client, subject.sub()), subject.sub(), subject.slot(), subject.shard()))
                .toList();
        return new KnownTokens(
                IntStream.range(0, NetworkLab.SHARDS).boxed().toList(),
                tokens,
                subjects(run + "-write-", SUBJECTS_PER_SHARD));
    }

    private static List<Writable> subjects(String prefix, int perShard) {
        List<Writable> subjects = new ArrayList<>();
        int[] found = new int[NetworkLab.SHARDS];
        for (int i = 0; subjects.size() < perShard * NetworkLab.SHARDS; i++) {
            String sub = prefix + i;
            int slot = HashSlot.of(SlotOwners.keyOf(sub).getBytes(StandardCharsets.US_ASCII));
            int shard = shardOf(slot);
            if (found[shard] < perShard) {
                found[shard]++;
                subjects.add(new Writable(sub, slot, shard));
            }
        }
        return List.copyOf(subjects);
    }

    /** The slots of form-cluster: shard i begins at 16384 i / 3. */
    private static int shardOf(int slot) {
        return IntStream.range(0, NetworkLab.SHARDS)
                .filter(shard -> slot < HashSlot.COUNT * (shard + 1) / NetworkLab.SHARDS)
                .findFirst()
                .orElseThrow();
    }

    /**
     * Expires tokens of a shard through one instance and validates them through the other one.
     *
     * @return the longest time after an acknowledged expiry until which a token was active, without stalls of the machine
     */
    private static Duration revokedButActive(int shard) {
        try (Heartbeat heartbeat = Heartbeat.start()) {
            List<CompletableFuture<Duration>> times = subjects(UUID.randomUUID() + "-", REVOKED).stream()
                    .filter(subject -> subject.shard() == shard)
                    .map(subject -> CompletableFuture.supplyAsync(() -> revokedButActive(subject.sub(), heartbeat)))
                    .toList();
            return times.stream()
                    .map(CompletableFuture::join)
                    .max(Duration::compareTo)
                    .orElseThrow();
        }
    }

    private static Duration revokedButActive(String sub, Heartbeat heartbeat) {
        String token = KnownTokens.create(far, sub);
        FaultSite.until(
                "the expiry to be done", () -> far.expire(token).join(), done -> done.outcome() == Outcome.SERVED);
        Duration longest = Duration.ZERO;
        long since = System.nanoTime();
        while (System.nanoTime() - since < WATCHED.toNanos()) {
            long start = System.nanoTime();
            if (near.validate(token, Route.VALIDATE).join() == Outcome.SERVED) {
                Duration after = Duration.ofNanos(start - since).minus(heartbeat.stoodStill(since, start));
                longest = after.compareTo(longest) > 0 ? after : longest;
            }
        }
        return longest;
    }

    /** Lets a fault last. */
    private static void pass(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
