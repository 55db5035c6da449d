package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.MigrationPhase;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MigratingTokenStoreTest {

    private static final MigrationPhase MIRROR = MigrationPhase.mirror(100);
    private static final MigrationPhase CLUSTER = MigrationPhase.cluster(100);

    private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-22T00:00:00Z"), 1);
    private final Clock clock = time.clock();
    private final InMemoryTokenStore cluster = new InMemoryTokenStore(clock);
    private final InMemoryLegacyStore legacy = new InMemoryLegacyStore(clock);
    private final EvidenceCollector evidence = new EvidenceCollector();
    private final KnownState known = new KnownState(time, state -> evidence.enter(state.window()));
    private final TokenStore store = storeOf(cluster);

    private final TokenString string = new TokenString("0123456789abcdef");
    private final NewToken token = token(string);
    private MigrationState state = MigrationState.INITIAL;

    private TokenStore storeOf(TokenStore inCluster) {
        return new MigratingTokenStore(
                inCluster,
                legacy,
                known,
                evidence,
                new MigrationMetrics(new SimpleMeterRegistry(), known),
                new MigratingTokenStore.Settings(
                        Duration.ofSeconds(5), Duration.ZERO, new ExpiryLimit(Duration.ofDays(30), time.clock())),
                time);
    }

    private NewToken token(TokenString of) {
        NewToken drafted = TokenDraft.of("alice", clock.millis())
                .hash(of.hash())
                .lifetime(600, 6000)
                .foreign();
        return new NewToken(drafted.token(), drafted.foreignNonce(), of);
    }

    private static TokenLocator locator(TokenString of) {
        return new TokenLocator.Presented(new TokenLocator.Foreign(of.hash()), of);
    }

    private void in(MigrationPhase phase) {
        state = state.to(phase, "tester", clock.millis());
        known.observe(state);
    }

    private static <T> T await(Uni<T> call) {
        return call.await().indefinitely();
    }

    private Verdict validate() {
        return await(store.validate(locator(string)));
    }

    private Verdict inCluster() {
        return await(cluster.read(new TokenLocator.Foreign(string.hash())));
    }

    private Verdict inLegacy() {
        return await(legacy.find(locator(string)));
    }

    private void created() {
        assertThat(await(store.create(token))).isInstanceOf(Creation.Created.class);
    }

    @Test
    void shouldReturnUnknownBeforeTheStateWasRead() {
        assertThat(validate()).isInstanceOf(Verdict.Unknown.class);
        assertThatThrownBy(() -> await(store.create(token))).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void shouldIgnoreAnOlderState() {
        in(CLUSTER);

        assertThat(known.observe(MigrationState.INITIAL)).isTrue();

        assertThat(known.state()).contains(state);
    }

    @Test
    void shouldStoreTokensOnlyInTheOldStoreInLegacy() {
        in(MigrationPhase.LEGACY);

        created();

        assertThat(validate()).isInstanceOf(Verdict.Active.class);
        assertThat(inCluster()).isInstanceOf(Verdict.Inactive.class);
    }

    @Test
    void shouldSendExpiriesToTheClusterInLegacyToo() {
        in(MigrationPhase.LEGACY);
        created();

        await(store.expire(locator(string), clock.millis()));
        in(MIRROR);
        Token late = token.token();
        assertThat(await(new TokenCopier(cluster).copy(new LegacyToken(late, true))))
                .isEqualTo(TokenCopier.Outcome.REFUSED);
    }

    @Test
    void shouldStoreTokensOnBothSidesInMirror() {
        in(MIRROR);

        created();

        assertThat(inLegacy()).isInstanceOf(Verdict.Active.class);
        assertThat(inCluster()).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldCreateWithoutTheClusterInMirror() {
        in(MIRROR);
        cluster.fail(true);

        created();

        assertThat(validate()).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldCountMissesOfTheClusterInMirror() {
        in(MIRROR);
        created();
        assertThat(evidence.misses()).isZero();
        cluster.fail(true);

        assertThat(await(store.create(token(new TokenString("another-of-0123456789")))))
                .isInstanceOf(Creation.Created.class);

        assertThat(evidence.misses()).isEqualTo(1);
    }

    @Test
    void shouldNotCreateWithoutTheClusterInRamp() {
        in(MigrationPhase.ramp(1, 0));
        cluster.fail(true);

        assertThatThrownBy(this::created).isInstanceOf(StoreUnavailableException.class);

        assertThat(inLegacy()).isInstanceOf(Verdict.Inactive.class);
    }

    @Test
    void shouldCopyATokenThatTheClusterLacks() {
        in(CLUSTER);
        legacy.put(token.token());

        assertThat(validate()).isInstanceOf(Verdict.Active.class);

        assertThat(inCluster()).isEqualTo(new Verdict.Active(token.token()));
    }

    @Test
    void shouldReportATokenInactiveThatIsExpiredInTheCluster() {
        in(CLUSTER);
        await(cluster.expire(new TokenLocator.Foreign(string.hash()), clock.millis()));
        legacy.put(token.token());

        assertThat(validate()).isInstanceOf(Verdict.Inactive.class);
    }

    @Test
    void shouldExpireInTheOldStoreWhatWasExpiredOnlyInTheCluster() {
        in(MIRROR);
        legacy.put(token.token());
        await(cluster.expire(new TokenLocator.Foreign(string.hash()), clock.millis()));

        assertThat(await(store.renew(locator(string), OptionalLong.empty()))).isInstanceOf(Renewal.NotActive.class);

        assertThat(validate()).isInstanceOf(Verdict.Inactive.class);
    }

    @Test
    void shouldNotReadTheOldStoreForTokensOfTheCluster() {
        in(CLUSTER);
        created();
        legacy.mode(InMemoryLegacyStore.Mode.DOWN);

        assertThat(validate()).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldReadTheOldStoreWithoutTheCluster() {
        in(MIRROR);
        created();
        cluster.fail(true);

        assertThat(validate()).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldReturnUnknownWithoutAReply() {
        in(CLUSTER);
        legacy.mode(InMemoryLegacyStore.Mode.DOWN);

        assertThat(validate()).isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void shouldRenewOnBothSides() {
        in(MIRROR);
        created();
        time.advance(Duration.ofSeconds(100));

        Renewal renewal = await(store.renew(locator(string), OptionalLong.empty()));

        long end = ((Renewal.Renewed) renewal).token().expiresAt();
        assertThat(end).isEqualTo(token.token().expiresAt() + 100);
        assertThat(((Verdict.Active) inLegacy()).token().expiresAt()).isEqualTo(end);
        assertThat(((Verdict.Active) inCluster()).token().expiresAt()).isEqualTo(end);
    }

    @Test
    void shouldCopyARenewedTokenWithItsNewExpiry() {
        in(MIRROR);
        legacy.put(token.token());
        time.advance(Duration.ofSeconds(100));

        await(store.renew(locator(string), OptionalLong.empty()));

        assertThat(((Verdict.Active) inCluster()).token().expiresAt())
                .isEqualTo(token.token().expiresAt() + 100);
    }

    @Test
    void shouldNotLetACopyAtTheSameMomentUndoARenewal() {
        in(MIRROR);
        legacy.put(token.token());
        time.advance(Duration.ofSeconds(100));
        LegacyToken old = new LegacyToken(token.token(), true);
        TokenStore copying =
                withCreation(created -> new TokenCopier(cluster).copy(old).chain(() -> cluster.create(created)));

        await(storeOf(copying).renew(locator(string), OptionalLong.empty()));

        assertThat(((Verdict.Active) inCluster()).token().expiresAt())
                .isEqualTo(token.token().expiresAt() + 100);
    }

    @Test
    void shouldNotReportATokenInactiveWhoseCreationInTheClusterIsNotFinished() {
        in(CLUSTER);
        legacy.put(token.token());
        TokenStore reserved = withCreation(created -> Uni.createFrom().item(Creation.TAKEN));

        assertThatThrownBy(() -> await(storeOf(reserved).renew(locator(string), OptionalLong.empty())))
                .isInstanceOf(StoreUnavailableException.class);
    }

    /** The cluster, where a creation does something else. */
    private TokenStore withCreation(Function<NewToken, Uni<Creation>> creation) {
        return (TokenStore) Proxy.newProxyInstance(
                TokenStore.class.getClassLoader(), new Class<?>[] {TokenStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("create")) {
                        return creation.apply((NewToken) arguments[0]);
                    }
                    try {
                        return method.invoke(cluster, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    @Test
    void shouldNotLetALateCopyUndoARenewal() {
        in(MIRROR);
        created();
        time.advance(Duration.ofSeconds(100));
        await(store.renew(locator(string), OptionalLong.empty()));

        await(new TokenCopier(cluster).copy(new LegacyToken(token.token(), true)));

        assertThat(((Verdict.Active) inCluster()).token().expiresAt())
                .isEqualTo(token.token().expiresAt() + 100);
    }

    @Test
    void shouldNotAcknowledgeAnExpiryThatReachedOneSideOnly() {
        for (MigrationPhase phase : List.of(MigrationPhase.LEGACY, MIRROR, MigrationPhase.ramp(50, 0), CLUSTER)) {
            in(phase);
            legacy.mode(InMemoryLegacyStore.Mode.DOWN);
            assertThatThrownBy(() -> await(store.expire(locator(string), clock.millis())))
                    .isInstanceOf(StoreUnavailableException.class);
            legacy.mode(InMemoryLegacyStore.Mode.UP);
            cluster.fail(true);
            assertThatThrownBy(() -> await(store.expire(locator(string), clock.millis())))
                    .isInstanceOf(StoreUnavailableException.class);
            cluster.fail(false);
        }
    }

    @Test
    void shouldExpireASubjectOnBothSides() {
        in(CLUSTER);
        created();

        await(store.expireSubject(RoutingTag.ofSubject("alice"), OptionalLong.empty()));

        assertThat(inLegacy()).isInstanceOf(Verdict.Inactive.class);
        assertThat(inCluster()).isInstanceOf(Verdict.Inactive.class);
    }

    @Test
    void shouldKeepATokenOnBothSidesWhileTheOthersExpire() {
        in(CLUSTER);
        created();
        TokenId kept = token.token().id();

        await(store.expireOthers(kept, OptionalLong.empty()));

        assertThat(inLegacy()).isInstanceOf(Verdict.Active.class);
        assertThat(inCluster()).isInstanceOf(Verdict.Active.class);
    }

    /** Otherwise the cluster would refuse a copy until the old store has issued the token again. */
    @Test
    void shouldCopyTheTokenThatIsKeptBeforeTheOthersExpire() {
        in(MIRROR);
        legacy.put(token.token());

        await(store.expireOthers(token.token().id(), OptionalLong.empty()));

        assertThat(await(cluster.read(new TokenLocator.ById(token.token().id()))))
                .isInstanceOf(Verdict.Active.class);
        assertThat(inLegacy()).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldExpireNothingIfTheOldStoreCannotKeepTheToken() {
        in(CLUSTER);
        created();
        legacy.mode(InMemoryLegacyStore.Mode.DOWN);
        TokenId other = TokenDraft.of("alice", clock.millis()).token().id();

        assertThatThrownBy(() -> await(store.expireOthers(other, OptionalLong.empty())))
                .isInstanceOf(StoreUnavailableException.class);

        assertThat(inCluster()).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldExpireTheOldestTokenOfAFullSubjectOnBothSides() {
        in(CLUSTER);
        created();
        TokenDraft next = TokenDraft.of("alice", clock.millis() + 1);

        await(store.create(new NewToken(next.token(), null, new TokenString("another-foreign-string"), 1)));

        assertThat(inLegacy()).isInstanceOf(Verdict.Inactive.class);
        assertThat(inCluster()).isInstanceOf(Verdict.Inactive.class);
    }

    @Test
    void shouldSetTheLaterNotBeforeTimeOfTheTwoSides() {
        in(MIRROR);
        RoutingTag alice = RoutingTag.ofSubject("alice");
        long later = clock.millis() + 5000;
        await(legacy.expireSubject(alice, later, false));

        assertThat(await(store.expireSubject(alice, OptionalLong.empty())).notBeforeMillis())
                .isEqualTo(later);
        assertThat(await(cluster.list(alice, Paging.FIRST)).notBeforeMillis()).hasValue(later);
    }

    @Test
    void shouldNotListInLegacyIfTheOldStoreCannotList() {
        in(MigrationPhase.LEGACY);
        assertThatThrownBy(() -> await(store.list(RoutingTag.ofSubject("alice"), Paging.FIRST)))
                .isInstanceOf(StoreUnavailableException.class);

        in(MIRROR);
        assertThat(await(store.list(RoutingTag.ofSubject("alice"), Paging.FIRST))
                        .tokens())
                .isEmpty();
    }

    @Test
    void shouldUseOnlyTheClusterInDone() {
        in(CLUSTER);
        created();
        in(MigrationPhase.DONE);
        legacy.mode(InMemoryLegacyStore.Mode.DOWN);

        assertThat(validate()).isInstanceOf(Verdict.Active.class);
        await(store.expire(locator(string), clock.millis()));
        assertThat(await(store.validateAll(List.of(locator(string))))).containsExactly(Verdict.INACTIVE);
    }

    @Test
    void shouldCountMismatches() {
        in(MIRROR);
        legacy.put(token.token());
        validate();
        assertThat(evidence.drain(state.window()).mismatches(Mismatch.MISSING_IN_CLUSTER))
                .isOne();

        in(CLUSTER);
        TokenString other = new TokenString("fedcba9876543210");
        NewToken inClusterAlone = token(other);
        await(cluster.create(inClusterAlone.plain()));
        await(store.validate(locator(other)));
        assertThat(evidence.drain(state.window()).mismatches(Mismatch.MISSING_IN_LEGACY))
                .isOne();
    }

    @Test
    void shouldCountComparisonsAndErrors() {
        in(MIRROR);
        created();
        validate();
        legacy.mode(InMemoryLegacyStore.Mode.DOWN);
        validate();

        var seen = evidence.drain(state.window());
        assertThat(seen.comparisons()).isOne();
        assertThat(seen.allMismatches()).isZero();
        assertThat(seen.errors(Side.LEGACY)).isOne();
    }

    @Test
    void shouldDiscardTheEvidenceOfAnotherWindow() {
        in(MIRROR);
        created();
        validate();
        long before = state.window();

        in(CLUSTER);

        assertThat(evidence.drain(before).isNone()).isTrue();
    }
}
