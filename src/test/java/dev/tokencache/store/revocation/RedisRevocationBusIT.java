package dev.tokencache.store.revocation;

import dev.tokencache.devmode.RespClient;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is heard of changes in a real cluster, and what the bus makes of its faults. */
class RedisRevocationBusIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SILENCE = Duration.ofMillis(400);

    private final TestCluster cluster = RedisClusterResource.cluster();
    private final List<Revocation> heard = new CopyOnWriteArrayList<>();
    private final String sub = "bus-" + UUID.randomUUID();
    private RouterFixture redis;
    private RedisRevocationBus bus;
    private TokenStore store;

    @BeforeEach
    void start() {
        cluster.heal();
        redis = RouterFixture.of(cluster);
        bus = redis.bus(SILENCE);
        bus.subscribe((revocation, age, isFirst) -> heard.add(revocation));
        store = store(false);
        awaitSure();
    }

    @AfterEach
    void stop() {
        bus.close();
        redis.close();
        cluster.heal();
    }

    private TokenStore store(boolean keepsExpiries) {
        return new RedisTokenStore(
                redis.router(), redis.storeSettings(keepsExpiries), Clock.systemUTC(), verdict -> {});
    }

    private long awaitSure() {
        return Awaitility.await()
                .atMost(PATIENCE)
                .until(bus::listeningEpoch, listeningEpoch -> listeningEpoch != RevocationBus.NOT_SURE);
    }

    private void awaitNotSure() {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> bus.listeningEpoch() == RevocationBus.NOT_SURE);
    }

    private void awaitHeard(Revocation revocation) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> heard.contains(revocation));
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }

    private Token created() {
        TokenDraft draft = TokenDraft.of(sub, System.currentTimeMillis());
        await(store.create(draft.ours()));
        return draft.token();
    }

    private static Revocation of(Token token) {
        return new Revocation.OfToken(token.id().hash());
    }

    private static TokenLocator byId(Token token) {
        return new TokenLocator.ById(token.id());
    }

    @Test
    void shouldBringEveryChangeThatRevokes() {
        Token token = created();
        assertThat(heard).isEmpty();

        await(store.renew(byId(token), OptionalLong.of(100)));
        awaitHeard(of(token));
        heard.clear();
        await(store.expire(byId(token), System.currentTimeMillis()));
        awaitHeard(of(token));
        await(store.expireSubject(token.id().tag(), OptionalLong.empty()));
        awaitHeard(new Revocation.OfSubject(token.id().tag()));
    }

    @Test
    void shouldBringExpiriesThatLeaveATrace() {
        TokenStore journaled = store(true);
        Token token = created();
        await(journaled.expire(byId(token), System.currentTimeMillis()));
        awaitHeard(of(token));

        TokenLocator nobodys = new TokenLocator.Foreign(TokenDraft.randomHash());
        await(journaled.expire(nobodys, System.currentTimeMillis()));
        awaitHeard(new Revocation.OfToken(nobodys.hash()));
    }

    @Test
    void shouldBringAnnouncements() {
        Revocation revocation = new Revocation.OfToken(TokenDraft.randomHash());
        // An announcement is given up where there is no connection just then.
        Awaitility.await().atMost(PATIENCE).until(() -> {
            bus.announce(revocation);
            return heard.contains(revocation);
        });
    }

    @Test
    void shouldNotBeSureOnceASubscriptionIsCutAndThenSureOfAnotherStretch() {
        long before = bus.listeningEpoch();

        cluster.nodes().forEach(node -> send(node, "CLIENT", "KILL", "TYPE", "pubsub"));

        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> bus.listeningEpoch() != before);
        assertThat(awaitSure()).isNotEqualTo(before);
        Token token = created();
        await(store.expire(byId(token), System.currentTimeMillis()));
        awaitHeard(of(token));
    }

    @Test
    void shouldNotBeSureWhileAMasterIsSilentAndForgetNothingIfNothingWasLost() {
        long before = bus.listeningEpoch();
        TestNode master = cluster.masterOf(0);

        master.suspend();
        long start = System.nanoTime();
        long lastSure = start;
        // Not when it was noticed here, which may be any time later.
        for (long now = start; bus.listeningEpoch() != RevocationBus.NOT_SURE; now = System.nanoTime()) {
            lastSure = now;
            assertThat(Duration.ofNanos(now - start)).isLessThan(PATIENCE);
            Thread.onSpinWait();
        }
        master.resume();

        assertThat(Duration.ofNanos(lastSure - start)).isLessThan(SILENCE.plusMillis(100));
        assertThat(awaitSure()).isGreaterThanOrEqualTo(before);
    }

    @Test
    void shouldListenToTheNewMasterAfterAFailover() {
        TestNode master = cluster.masterOf(cluster.slotOf("{" + tag() + "}"));
        master.kill9();
        awaitNotSure();

        awaitSure();

        Token token = created();
        await(store.expire(byId(token), System.currentTimeMillis()));
        awaitHeard(of(token));
    }

    private String tag() {
        return dev.tokencache.token.RoutingTag.ofSubject(sub).value();
    }

    private static void send(TestNode node, String... command) {
        try (RespClient client = node.connect()) {
            client.send(command);
        }
    }
}
