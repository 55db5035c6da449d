package dev.tokencache.store.revocation;

import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.cluster.RespClient;
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

/** The bus in a real cluster: which changes it delivers, and how it reacts to faults. */
class RedisRevocationBusIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TestCluster cluster = RedisClusterResource.cluster();
    private final List<Revocation> received = new CopyOnWriteArrayList<>();
    private final String sub = "bus-" + UUID.randomUUID();
    private RouterFixture redis;
    private RedisRevocationBus bus;
    private TokenStore store;

    @BeforeEach
    void start() {
        cluster.heal();
        redis = RouterFixture.of(cluster);
        bus = redis.bus();
        bus.subscribe((revocation, age, isFirst) -> received.add(revocation));
        store = store(false);
        awaitTrusted();
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

    private long awaitTrusted() {
        return Awaitility.await()
                .atMost(PATIENCE)
                .until(bus::listeningEpoch, listeningEpoch -> listeningEpoch != RevocationBus.UNTRUSTED);
    }

    private void awaitUntrusted() {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> bus.listeningEpoch() == RevocationBus.UNTRUSTED);
    }

    private void awaitReceived(Revocation revocation) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> received.contains(revocation));
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
    void shouldDeliverEveryChangeThatRevokes() {
        Token token = created();
        assertThat(received).isEmpty();

        await(store.renew(byId(token), OptionalLong.of(100)));
        awaitReceived(of(token));
        received.clear();
        await(store.expire(byId(token), System.currentTimeMillis()));
        awaitReceived(of(token));
        await(store.expireSubject(token.id().tag(), OptionalLong.empty()));
        awaitReceived(new Revocation.OfSubject(token.id().tag()));
    }

    @Test
    void shouldDeliverExpiriesThatAreStored() {
        TokenStore journaled = store(true);
        Token token = created();
        await(journaled.expire(byId(token), System.currentTimeMillis()));
        awaitReceived(of(token));

        TokenLocator unknown = new TokenLocator.Foreign(TokenDraft.randomHash());
        await(journaled.expire(unknown, System.currentTimeMillis()));
        awaitReceived(new Revocation.OfToken(unknown.hash()));
    }

    @Test
    void shouldDeliverAnnouncements() {
        Revocation revocation = new Revocation.OfToken(TokenDraft.randomHash());
        // An announcement is dropped if its node has no connection yet.
        Awaitility.await().atMost(PATIENCE).until(() -> {
            bus.announce(revocation);
            return received.contains(revocation);
        });
    }

    @Test
    void shouldBeginANewEpochAfterASubscriptionIsLost() {
        long before = bus.listeningEpoch();

        cluster.nodes().forEach(node -> send(node, "CLIENT", "KILL", "TYPE", "pubsub"));

        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> bus.listeningEpoch() != before);
        assertThat(awaitTrusted()).isNotEqualTo(before);
        Token token = created();
        await(store.expire(byId(token), System.currentTimeMillis()));
        awaitReceived(of(token));
    }

    @Test
    void shouldBeUntrustedWhileAMasterIsSilent() {
        long before = bus.listeningEpoch();
        TestNode master = cluster.masterOf(0);

        master.suspend();
        long start = System.nanoTime();
        long lastTrusted = start;
        // Measured before the change was seen here, which may be any time later.
        for (long now = start; bus.listeningEpoch() != RevocationBus.UNTRUSTED; now = System.nanoTime()) {
            lastTrusted = now;
            assertThat(Duration.ofNanos(now - start)).isLessThan(PATIENCE);
            Thread.onSpinWait();
        }
        master.resume();

        assertThat(Duration.ofNanos(lastTrusted - start)).isLessThan(RedisRevocationBus.MAX_SILENCE.plusMillis(100));
        assertThat(awaitTrusted()).isGreaterThanOrEqualTo(before);
    }

    @Test
    void shouldSubscribeAtTheNewMasterAfterAFailover() {
        TestNode master = cluster.masterOf(cluster.slotOf("{" + tag() + "}"));
        master.kill9();
        awaitUntrusted();

        awaitTrusted();

        Token token = created();
        await(store.expire(byId(token), System.currentTimeMillis()));
        awaitReceived(of(token));
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
