package dev.tokencache.faults;

import dev.tokencache.devmode.ClusterSpec;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A foreign token was reassigned to another subject, and the only reachable node of its pointer missed that write. The
 * outdated pointer names a subject that does not have the token. The service must not conclude that the token is
 * inactive, and must not change that subject.
 */
class OutdatedReplicaIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static TestCluster cluster;
    private static RouterFixture redis;
    private static TokenStore store;

    private final TokenHash hash = TokenDraft.randomHash();
    private final TokenLocator foreign = new TokenLocator.Foreign(hash);
    private TestNode master;
    private CutReplica cut;

    @BeforeAll
    static void start() {
        // Prevents a promotion while a test uses the replica.
        cluster = TestCluster.start(ClusterSpec.ofSixNodes("outdated").withNodeTimeout(Duration.ofSeconds(60)));
        redis = RouterFixture.of(cluster);
        store = new RedisTokenStore(redis.router(), redis.storeSettings(false), Clock.systemUTC(), verdict -> {});
    }

    @AfterAll
    static void stop() {
        redis.close();
        cluster.close();
    }

    @BeforeEach
    void reassignTheTokenAfterReplicationIsCut() {
        String pointer = "tc:{" + hash.text() + "}";
        master = cluster.masterOf(cluster.slotOf(pointer));
        TestNode replica = cluster.replicasOf(master).get(0);
        create(subjectOfAnotherMaster());
        try (RespClient client = replica.connect()) {
            client.send("READONLY");
            Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> client.number("EXISTS", pointer) == 1);
        }
        cut = CutReplica.cut(cluster, master, replica);
        await(store.expire(foreign, System.currentTimeMillis()));
        create(subjectOfAnotherMaster());
        master.suspend();
    }

    @AfterEach
    void reconnect() {
        master.resume();
        cut.close();
        cluster.awaitHealthy();
    }

    @Test
    void shouldReportTheTokenAsUnknown() {
        assertThat(await(store.validate(foreign))).isInstanceOf(Verdict.Unknown.class);
        assertThatTheTokenIsActiveOnceItsMasterIsBack();
    }

    @Test
    void shouldNotChangeTheSubjectThatTheReplicaNames() {
        assertThatThrownBy(() -> await(store.renew(foreign, OptionalLong.empty())))
                .isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> await(store.expire(foreign, System.currentTimeMillis())))
                .isInstanceOf(StoreUnavailableException.class);
        assertThatTheTokenIsActiveOnceItsMasterIsBack();
    }

    private void assertThatTheTokenIsActiveOnceItsMasterIsBack() {
        master.resume();
        Awaitility.await().atMost(PATIENCE).until(() -> await(store.validate(foreign)) instanceof Verdict.Active);
    }

    private void create(String sub) {
        TokenDraft draft = TokenDraft.of(sub, System.currentTimeMillis()).hash(hash);
        assertThat(await(store.create(draft.foreign()))).isEqualTo(Creation.CREATED);
    }

    /** Returns a subject whose master is not the master of the pointer, so it is served while that one is down. */
    private String subjectOfAnotherMaster() {
        return Stream.generate(() -> "outdated-" + UUID.randomUUID())
                .filter(sub -> {
                    String key = "tc:{" + RoutingTag.ofSubject(sub).value() + "}";
                    return cluster.masterOf(cluster.slotOf(key)).port() != master.port();
                })
                .findFirst()
                .orElseThrow();
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(PATIENCE);
    }
}
