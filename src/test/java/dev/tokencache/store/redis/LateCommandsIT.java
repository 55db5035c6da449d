package dev.tokencache.store.redis;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.cluster.CaughtCommand;
import dev.tokencache.testing.cluster.RespException;
import dev.tokencache.testing.cluster.TcpFaultProxy;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Writes that the network holds until after the service has given them up. A second store, which another path leads to Redis,
 * stands for another instance.
 */
class LateCommandsIT {

    private static final Duration CALL = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");

    private static TestCluster cluster;
    private static TestNode master;
    private static TcpFaultProxy proxy;
    private static RouterFixture patient;
    private static RouterFixture hasty;
    private static RouterFixture direct;

    private final Clock clock = Clock.systemUTC();
    /** Sends a command again while the first attempt is held. */
    private final RedisTokenStore store = store(patient, clock);
    /** Gives up before a held command is released, and does not send it again. */
    private final RedisTokenStore givingUp = store(hasty, clock);

    private final RedisTokenStore other = store(direct, clock);
    private final String sub = subject();

    @BeforeAll
    static void connect() {
        cluster = RedisClusterResource.cluster();
        master = cluster.masterOf(0);
        proxy = TcpFaultProxy.to(master.port());
        RedisSettings settings = RedisSettings.usual().withoutReplicaReads();
        patient = RouterFixture.of(
                cluster, settings.withTimeout(Duration.ofSeconds(15)).through(proxy, master));
        hasty = RouterFixture.of(
                cluster,
                settings.withTimeout(CALL)
                        .withCommandTimeout(CALL.multipliedBy(5))
                        .through(proxy, master));
        direct = RouterFixture.of(cluster, settings);
        loadScripts(store(direct, Clock.systemUTC()));
    }

    /** So that no call needs a second command, for the source of its script. */
    private static void loadScripts(RedisTokenStore store) {
        long now = System.currentTimeMillis();
        String sub = subject();
        NewToken token = TokenDraft.of(sub, now).ours();
        TokenLocator locator = new TokenLocator.ById(token.token().id());
        await(store.create(token));
        await(store.renew(locator, OptionalLong.empty()));
        await(store.expire(locator, now));
        await(store.expireSubject(RoutingTag.ofSubject(sub), OptionalLong.empty()));
    }

    @AfterAll
    static void disconnect() {
        patient.close();
        hasty.close();
        direct.close();
        proxy.close();
    }

    private static RedisTokenStore store(RouterFixture redis, Clock clock) {
        return new RedisTokenStore(redis.router(), redis.storeSettings(false), clock, verdict -> {});
    }

    /** A new subject on the node behind the proxy. */
    private static String subject() {
        return Stream.generate(() -> "late-" + UUID.randomUUID())
                .filter(sub -> cluster.masterOf(cluster.slotOf(key(sub))).port() == master.port())
                .findFirst()
                .orElseThrow();
    }

    private static String key(String sub) {
        return new String(new RedisKeys("tc:").subject(RoutingTag.ofSubject(sub)), StandardCharsets.US_ASCII);
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(PATIENCE);
    }

    private NewToken token(boolean isForeign) {
        TokenDraft draft = TokenDraft.of(sub, clock.millis()).lifetime(3600, 7200);
        return isForeign ? draft.foreign() : draft.ours();
    }

    private static TokenLocator locator(NewToken token) {
        return token.isForeign()
                ? new TokenLocator.Foreign(token.token().id().hash())
                : new TokenLocator.ById(token.token().id());
    }

    private static CaughtCommand holdNext(Script script) {
        return proxy.holdNext(SHA1.matcher(script.bySha1(new byte[0]).until(0).toString())
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElseThrow());
    }

    /** Lets a held command through, and sends it once more: a network can do both, and only the latter has a reply. */
    private static void release(CaughtCommand late) {
        late.release();
        try {
            late.sendAgain(cluster.password());
        } catch (RespException refused) {
            assertThat(refused).hasMessageStartingWith("LATE ");
        }
    }

    private void assertActive(TokenLocator token) {
        assertThat(await(other.read(token))).isInstanceOf(Verdict.Active.class);
    }

    private void assertInactive(TokenLocator token) {
        assertThat(await(other.read(token))).isInstanceOf(Verdict.Inactive.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotReviveAnExpiredTokenByALateCreate(boolean isForeign) {
        NewToken created = token(isForeign);
        CaughtCommand late = holdNext(Scripts.CREATE);

        assertThat(await(store.create(created))).isInstanceOf(Creation.Created.class);
        assertActive(locator(created));
        await(other.expire(locator(created), clock.millis()));
        release(late);

        assertInactive(locator(created));
    }

    @Test
    void shouldNotEndALoginByALateSubjectExpiry() {
        NewToken before = token(false);
        await(store.create(before));
        CaughtCommand late = holdNext(Scripts.EXPIRE_SUBJECT);

        long notBefore = await(store.expireSubject(RoutingTag.ofSubject(sub), OptionalLong.empty()))
                .notBeforeMillis();
        NewToken login = TokenDraft.of(sub, notBefore + 1).ours();
        await(other.create(login));
        release(late);

        assertInactive(locator(before));
        assertActive(locator(login));
    }

    @Test
    void shouldNotUndoARenewalByALateOne() {
        NewToken token = token(false);
        await(store.create(token));
        CaughtCommand late = holdNext(Scripts.REPLACE);

        await(store.renew(locator(token), OptionalLong.of(60)));
        Renewal second = await(other.renew(locator(token), OptionalLong.of(7000)));
        release(late);

        assertThat(second).isInstanceOf(Renewal.Renewed.class);
        assertThat(((Verdict.Active) await(other.read(locator(token)))).token())
                .isEqualTo(((Renewal.Renewed) second).token());
    }

    private <T> CaughtCommand giveUp(Script script, Supplier<Uni<T>> call) {
        CaughtCommand held = holdNext(script);
        // The connections may still be recovering from the previous test.
        Awaitility.await().atMost(PATIENCE).until(() -> {
            assertThatThrownBy(() -> await(call.get())).isInstanceOf(StoreUnavailableException.class);
            return held.isCaught();
        });
        return held;
    }

    @Test
    void shouldNotRunAnExpiryAfterTheCallHasFailed() {
        NewToken token = token(false);
        await(store.create(token));

        CaughtCommand late = giveUp(Scripts.EXPIRE, () -> givingUp.expire(locator(token), clock.millis()));
        await(other.renew(locator(token), OptionalLong.empty()));
        release(late);

        assertActive(locator(token));
    }

    /** The clock of the instance behind the login is slow, so the login seems older than the expiry. */
    @Test
    void shouldNotRunASubjectExpiryAfterTheCallHasFailed() {
        CaughtCommand late = giveUp(
                Scripts.EXPIRE_SUBJECT,
                () -> givingUp.expireSubject(RoutingTag.ofSubject(sub), OptionalLong.of(clock.millis())));
        NewToken login = TokenDraft.of(sub, clock.millis() - 2_000).ours();
        await(other.create(login));
        release(late);

        assertActive(locator(login));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotRunACreateAfterTheCallHasFailed(boolean isForeign) {
        NewToken token = token(isForeign);

        CaughtCommand late = giveUp(Scripts.CREATE, () -> givingUp.create(token));
        release(late);

        assertInactive(new TokenLocator.ById(token.token().id()));
    }
}
