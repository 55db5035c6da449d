package dev.tokencache.simulation;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.legacy.LegacyConnection;
import dev.tokencache.seal.SealSettings;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Calls on one token of an old store of other programs, at the same moment, in many orders. */
class SimulatedLegacyStoreTest {

    private static final Duration SETTLING = Duration.ofSeconds(5);
    private static final Duration MAX_DELAY = Duration.ofMillis(8);

    private World world;
    private LegacyStore store;

    @BeforeEach
    void start() {
        start(1);
    }

    private void start(long seed) {
        start(seed, (begun, network) -> OldStore.standalone(begun, network, false));
    }

    private void start(long seed, BiFunction<World, SimulatedNetwork, OldStore> kind) {
        world = new World(seed);
        SimulatedNetwork network = new SimulatedNetwork(world);
        OldStore old = kind.apply(world, network);
        old.cluster().start();
        SimulatedProcess process = new SimulatedProcess(world, "service", Duration.ZERO);
        store = LegacyConnection.open(
                        servers -> new SimulatedService.OneLoop(network, old.cluster(), process, "service"),
                        new RedisOptions().setEndpoints(old.urls()),
                        old,
                        TokenSettings.usual(),
                        SealSettings.sealingWith("a").required(true).seal(),
                        refusal -> {},
                        process)
                .store()
                .orElseThrow();
        world.run(SETTLING);
    }

    private NewToken created() {
        TokenString string = new TokenString("a-string-of-another-system");
        NewToken drafted = TokenDraft.of("subject", world.time().clock().millis())
                .lifetime(600, 6000)
                .hash(string.hash())
                .foreign();
        NewToken created = new NewToken(drafted.token(), drafted.foreignNonce(), string);
        store.create(created).subscribe().with(creation -> {});
        world.run(SETTLING);
        return created;
    }

    private static TokenLocator locator(NewToken token) {
        return new TokenLocator.Presented(
                new TokenLocator.Foreign(token.token().id().hash()), token.string());
    }

    private void after(long share, Uni<?> call) {
        world.time().schedule(MAX_DELAY.multipliedBy(share).dividedBy(100), () -> call.subscribe()
                .with(done -> {}));
    }

    private Verdict found(NewToken token) {
        Verdict[] verdict = {null};
        store.find(locator(token)).subscribe().with(found -> verdict[0] = found);
        world.run(SETTLING);
        return verdict[0];
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldKeepATokenThatIsRenewedWhileAllOthersExpire(long seed) {
        for (int share = 0; share <= 100; share += 5) {
            start(seed);
            NewToken token = created();
            long notBefore = world.time().clock().millis();
            after(share, store.expireOthers(token.token().id(), notBefore, true));
            after(50, store.renew(locator(token), OptionalLong.of(1200)));
            world.run(SETTLING);

            assertThat(found(token)).as("delay %d", share).isInstanceOfSatisfying(Verdict.Active.class, active -> {
                assertThat(active.token().issuedAtMillis()).isGreaterThan(notBefore);
                assertThat(active.token().expiresAt())
                        .isGreaterThan(token.token().expiresAt());
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepATokenWhoseRenewalInTheClusterIsSavedAfterAllOthersExpired(boolean isOfTokenCache) {
        if (isOfTokenCache) {
            start(1, OldStore::ofTokenCache);
        }
        NewToken token = created();
        Token renewed = token.token()
                .renewed(token.token().expiresAt() + 100, world.time().clock().millis());
        long notBefore = world.time().clock().millis();
        after(0, store.expireOthers(token.token().id(), notBefore, true));
        world.run(SETTLING);
        after(0, store.save(locator(token), renewed));
        world.run(SETTLING);

        assertThat(found(token)).isInstanceOfSatisfying(Verdict.Active.class, active -> assertThat(
                        active.token().expiresAt())
                .isEqualTo(renewed.expiresAt()));
    }
}
