package dev.tokencache.token;

import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.token.TokenStore.Renewal;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenServiceTest {

    private static final Instant START = Instant.ofEpochMilli(1_700_000_000_123L);
    private static final long IAT = 1_700_000_000L;
    private static final TokenString LEGACY = new TokenString("legacy-session-0123456789");
    private static final TokenString FORGED =
            new TokenString("tc1_nPd9PsSGX4ISDYqi1O4oASNFZ4lAQUJDREVGR0hJSktMTU5PUFFSU5kKInAlccmlOvJlPOEe");

    private final MutableClock clock = new MutableClock(START);
    private final InMemoryTokenStore memory = new InMemoryTokenStore(clock);
    private final RecordingTokenStore store = new RecordingTokenStore(memory);
    private final TokenService service = service(store, TokenSettings.usual());

    @Test
    void shouldCreateTheRequestedToken() {
        Claims claims = Claims.ofJson("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
        TokenRequest request = new TokenRequest(
                "alice",
                OptionalLong.of(60),
                OptionalLong.of(600),
                OptionalLong.of(30),
                "openid",
                Audience.of("app"),
                claims,
                null);

        IssuedToken issued = await(service.create(request, "login"));

        assertThat(issued.token())
                .isEqualTo(new Token(
                        issued.string().id(),
                        "alice",
                        "login",
                        START.toEpochMilli(),
                        IAT + 60,
                        IAT + 600,
                        60,
                        30,
                        START.toEpochMilli(),
                        "openid",
                        Audience.of("app"),
                        claims));
        assertThat(issued.string().value()).startsWith("tc1_");
        assertThat(issued.token().id().tag()).isEqualTo(RoutingTag.ofSubject("alice"));
        assertThat(issued.toString()).doesNotContain(issued.string().value());
        assertThat(await(service.validate(issued.string()))).isEqualTo(new Verdict.Active(issued.token()));
        assertThat(await(service.read(issued.token().id()))).isEqualTo(new Verdict.Active(issued.token()));
    }

    @Test
    void shouldNameTheTokensThatALoginEnds() {
        TokenService limited = new TokenService(
                memory, TokenSettings.usual().withMaxPerSubject(1), clock, new SecureRandom(), verdict -> {}, false);
        TokenRequest request = request("alice", 60, 60);
        IssuedToken first = await(limited.create(request, "login"));
        clock.advance(Duration.ofMillis(1));

        IssuedToken second = await(limited.create(request, "login"));

        assertThat(first.evicted()).isEmpty();
        assertThat(second.evicted()).containsExactly(first.token().id());
        assertInactive(first);
        assertActive(second);
    }

    @Test
    void shouldKeepOneTokenOfASubject() {
        IssuedToken kept = create("alice", 60, 60);
        IssuedToken other = create("alice", 60, 60);
        IssuedToken bobs = create("bob", 60, 60);

        await(service.expireSubject(
                "alice", OptionalLong.empty(), Optional.of(kept.token().id())));
        assertThat(await(service.validate(kept.string()))).isInstanceOf(Verdict.Active.class);
        assertInactive(other);

        await(service.expireSubject(
                "alice", OptionalLong.empty(), Optional.of(bobs.token().id())));
        assertInactive(kept);
        assertActive(bobs);
    }

    @Test
    void shouldBeActiveUntilExp() {
        IssuedToken issued = create("alice", 60, 60);

        clock.advance(Duration.ofMillis(59_876));
        assertActive(issued);
        clock.advance(Duration.ofMillis(1));
        assertInactive(issued);
    }

    @Test
    void shouldNotQueryTheStoreForATokenBeyondItsMaximumExpiry() {
        IssuedToken issued = create("alice", 60, 100);

        clock.advance(Duration.ofSeconds(99));
        store.calls().clear();
        assertInactive(issued);
        assertThat(store.calls()).containsExactly("validate");

        clock.advance(Duration.ofSeconds(1));
        store.calls().clear();
        assertInactive(issued);
        assertThat(await(service.renew(issued.string(), OptionalLong.empty()))).isEqualTo(Renewal.NOT_ACTIVE);
        await(service.expire(issued.string()));
        assertThat(store.calls()).isEmpty();
    }

    @Test
    void shouldNotQueryTheStoreForForgedOrMalformedTokens() {
        for (TokenString invalid :
                List.of(FORGED, new TokenString("tc1_"), new TokenString(""), new TokenString("short"))) {
            assertThat(await(service.validate(invalid))).isEqualTo(Verdict.INACTIVE);
            assertThat(await(service.renew(invalid, OptionalLong.empty()))).isEqualTo(Renewal.NOT_ACTIVE);
            await(service.expire(invalid));
            assertThat(await(service.validate(List.of(invalid, invalid))))
                    .containsExactly(Verdict.INACTIVE, Verdict.INACTIVE);
        }
        assertThat(store.calls()).isEmpty();
    }

    @Test
    void shouldReportForgedTokensInactiveWhileTheStoreIsUnreachable() {
        memory.fail(true);

        assertThat(await(service.validate(FORGED))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldReportAnAuthenticTokenWithoutARecordInactive() {
        IssuedToken issued = create("alice", 60, 60);
        TokenService elsewhere = service(new InMemoryTokenStore(clock), TokenSettings.usual());

        assertThat(await(elsewhere.validate(issued.string()))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldRenewWithAndWithoutALifetime() {
        IssuedToken issued = create("alice", 60, 100);
        clock.advance(Duration.ofSeconds(10));

        assertThat(renewed(issued, OptionalLong.of(20)).expiresAt()).isEqualTo(IAT + 30);
        assertThat(renewed(issued, OptionalLong.empty()).expiresAt()).isEqualTo(IAT + 70);
        assertThat(await(service.renew(issued.string(), OptionalLong.of(91))))
                .isEqualTo(new Renewal.BeyondRenewableUntil(IAT + 100));
        assertThat(active(issued).expiresAt()).isEqualTo(IAT + 70);
        clock.advance(Duration.ofSeconds(50));
        Token last = renewed(issued, OptionalLong.empty());
        assertThat(last.expiresAt()).isEqualTo(IAT + 100);
        assertThat(last.id()).isEqualTo(issued.token().id());
    }

    @Test
    void shouldRejectARenewalOutOfRangeBeforeQueryingTheStore() {
        IssuedToken issued = create("alice", 60, 100);
        store.calls().clear();

        assertThatThrownBy(() -> await(service.renew(issued.string(), OptionalLong.of(0))))
                .isInstanceOfSatisfying(InvalidRequestException.class, rejected -> assertThat(rejected.violations())
                        .extracting(InvalidRequestException.Violation::field)
                        .containsExactly("expires_in"));
        assertThat(store.calls()).isEmpty();
    }

    @Test
    void shouldExpireByStringAndById() {
        IssuedToken byString = create("alice", 60, 60);
        IssuedToken byId = create("alice", 60, 60);
        IssuedToken other = create("alice", 60, 60);

        await(service.expire(byString.string()));
        await(service.expire(byString.string()));
        await(service.expire(byId.token().id()));
        await(service.expire(byId.token().id()));

        assertInactive(byString);
        assertInactive(byId);
        assertActive(other);
    }

    @Test
    void shouldExpireASubjectToTheMillisecond() {
        IssuedToken before = create("alice", 60, 60);
        IssuedToken other = create("bob", 60, 60);

        assertThat(await(service.expireSubject("alice", OptionalLong.empty(), Optional.empty())))
                .isEqualTo(notBeforeAt(START.toEpochMilli()));

        assertInactive(before);
        assertActive(other);
        IssuedToken after = create("alice", 60, 60);
        assertActive(after);
        assertThat(after.token().issuedAtMillis()).isEqualTo(START.toEpochMilli() + 1);
        assertThat(await(service.list("alice", Paging.FIRST)).tokens()).containsExactly(after.token());
    }

    @Test
    void shouldExpireASubjectUpToAndIncludingAPastSecond() {
        IssuedToken early = create("alice", 60, 60);
        clock.advance(Duration.ofMillis(876));
        IssuedToken late = create("alice", 60, 60);
        assertThat(late.token().issuedAtMillis()).isEqualTo(early.token().issuedAtMillis() + 876);
        clock.advance(Duration.ofMillis(1));
        IssuedToken nextSecond = create("alice", 60, 60);
        clock.advance(Duration.ofSeconds(5));

        assertThat(await(service.expireSubject("alice", OptionalLong.of(IAT), Optional.empty())))
                .isEqualTo(new SubjectNotBefore(
                        IAT * 1000 + 999, nextSecond.token().issuedAtMillis(), Durability.AS_CONFIGURED));

        assertInactive(early);
        assertInactive(late);
        assertActive(nextSecond);
    }

    @Test
    void shouldTreatTheCurrentSecondAsNow() {
        IssuedToken issued = create("alice", 60, 60);

        assertThat(await(service.expireSubject("alice", OptionalLong.of(IAT), Optional.empty())))
                .isEqualTo(notBeforeAt(START.toEpochMilli()));

        assertInactive(issued);
        assertActive(create("alice", 60, 60));
    }

    @Test
    void shouldRejectAMomentInTheFutureOrBeforeTheEpoch() {
        for (long invalid : new long[] {IAT + 1, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> await(service.expireSubject("alice", OptionalLong.of(invalid), Optional.empty())))
                    .isInstanceOfSatisfying(InvalidRequestException.class, rejected -> assertThat(rejected.violations())
                            .extracting(InvalidRequestException.Violation::field)
                            .containsExactly("before"));
        }
        assertThat(store.calls()).isEmpty();
    }

    @Test
    void shouldNotMoveBackTheNotBeforeTime() {
        clock.advance(Duration.ofSeconds(10));
        SubjectNotBefore notBefore = await(service.expireSubject("alice", OptionalLong.empty(), Optional.empty()));

        assertThat(await(service.expireSubject("alice", OptionalLong.of(IAT), Optional.empty())))
                .isEqualTo(notBefore);
        assertThat(await(service.expireSubject("alice", OptionalLong.of(0), Optional.empty())))
                .isEqualTo(notBefore);
    }

    @Test
    void shouldStoreAForeignToken() {
        IssuedToken issued = await(service.create(foreign("alice", LEGACY), "login"));

        assertThat(issued.string()).isEqualTo(LEGACY);
        assertThat(await(service.validate(LEGACY))).isEqualTo(new Verdict.Active(issued.token()));
        assertThatThrownBy(() -> await(service.create(foreign("bob", LEGACY), "login")))
                .isInstanceOf(TokenTakenException.class)
                .hasMessageNotContaining(LEGACY.value());
        await(service.expire(LEGACY));
        assertThat(await(service.validate(LEGACY))).isEqualTo(Verdict.INACTIVE);
        assertThat(await(service.create(foreign("bob", LEGACY), "login"))
                        .token()
                        .sub())
                .isEqualTo("bob");
    }

    @Test
    void shouldNotQueryTheStoreForForeignTokensWhereThereAreNone() {
        await(service.create(foreign("alice", LEGACY), "login"));
        IssuedToken own = create("alice", 60, 60);
        store.calls().clear();
        TokenService strict = service(store, TokenSettings.usual().withoutForeignTokens());

        assertThat(await(strict.validate(LEGACY))).isEqualTo(Verdict.INACTIVE);
        assertThat(await(strict.validate(List.of(LEGACY)))).containsExactly(Verdict.INACTIVE);
        assertThat(await(strict.renew(LEGACY, OptionalLong.empty()))).isEqualTo(Renewal.NOT_ACTIVE);
        assertThat(await(strict.expire(LEGACY))).isEqualTo(Durability.AS_CONFIGURED);
        assertThat(strict.locate(LEGACY)).isEmpty();
        assertThatThrownBy(() -> strict.create(foreign("alice", LEGACY), "login"))
                .isInstanceOfSatisfying(InvalidRequestException.class, invalid -> assertThat(invalid.violations())
                        .extracting(InvalidRequestException.Violation::field)
                        .containsExactly("token"));
        assertThat(store.calls()).isEmpty();
        assertThat(await(strict.validate(own.string()))).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldIssueAForeignTokenAfterTheNotBeforeTime() {
        await(service.expireSubject("alice", OptionalLong.empty(), Optional.empty()));

        IssuedToken issued = await(service.create(foreign("alice", LEGACY), "login"));

        assertActive(issued);
    }

    @Test
    void shouldIssueAfterANotBeforeTimeInTheFuture() {
        long ahead = START.toEpochMilli() + 3_600_000;
        await(memory.expireSubject(RoutingTag.ofSubject("alice"), OptionalLong.of(ahead)));

        IssuedToken issued = create("alice", 60, 60);

        assertThat(issued.token().issuedAtMillis()).isEqualTo(ahead + 1);
        assertThat(issued.token().expiresAt()).isEqualTo(IAT + 3600 + 60);
        assertActive(issued);
    }

    @Test
    void shouldNotIssueTokensForThoseDaysAhead() {
        long forged = START.plus(Duration.ofDays(3)).toEpochMilli();
        await(memory.expireSubject(RoutingTag.ofSubject("alice"), OptionalLong.of(forged)));

        assertThatThrownBy(() -> create("alice", 60, 60)).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void shouldGiveUpAfterThreeCreationsIssuedTooEarly() {
        store.expireBeforeEveryCreate();

        assertThatThrownBy(() -> create("alice", 60, 60)).isInstanceOf(StoreUnavailableException.class);
        assertThat(store.calls()).containsExactly("create", "create", "create");
    }

    @Test
    void shouldReturnTheVerdictsInTheOrderOfTheTokens() {
        IssuedToken alice = create("alice", 60, 60);
        IssuedToken expired = create("alice", 60, 60);
        await(service.expire(expired.string()));
        IssuedToken bob = create("bob", 60, 60);
        IssuedToken legacy = await(service.create(foreign("carol", LEGACY), "login"));
        store.calls().clear();

        List<Verdict> verdicts = await(service.validate(List.of(
                FORGED,
                bob.string(),
                expired.string(),
                new TokenString("short"),
                LEGACY,
                alice.string(),
                bob.string(),
                new TokenString("legacy-session-unheard-of"))));

        assertThat(verdicts)
                .containsExactly(
                        Verdict.INACTIVE,
                        new Verdict.Active(bob.token()),
                        Verdict.INACTIVE,
                        Verdict.INACTIVE,
                        new Verdict.Active(legacy.token()),
                        new Verdict.Active(alice.token()),
                        new Verdict.Active(bob.token()),
                        Verdict.INACTIVE);
        assertThat(store.calls()).containsExactly("validateAll");
    }

    @Test
    void shouldPreserveTheOrderOfABatchWithUnknownVerdicts() {
        IssuedToken alice = create("alice", 60, 60);
        IssuedToken bob = create("bob", 60, 60);
        memory.fail(true);

        List<Verdict> verdicts = await(service.validate(List.of(alice.string(), FORGED, bob.string())));

        assertThat(verdicts.get(0)).isInstanceOf(Verdict.Unknown.class);
        assertThat(verdicts.get(1)).isEqualTo(Verdict.INACTIVE);
        assertThat(verdicts.get(2)).isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void shouldReturnNothingForAnEmptyBatch() {
        assertThat(await(service.validate(List.of()))).isEmpty();
        assertThat(store.calls()).isEmpty();
    }

    @Test
    void shouldReportUnknownAndNeverInactiveWhenTheStoreFails() {
        IssuedToken issued = create("alice", 60, 60);
        memory.fail(true);

        assertThat(await(service.validate(issued.string()))).isInstanceOf(Verdict.Unknown.class);
        assertThat(await(service.validate(LEGACY))).isInstanceOf(Verdict.Unknown.class);
        assertThat(await(service.read(issued.token().id()))).isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void shouldFailEveryOtherCallWhenTheStoreFails() {
        IssuedToken issued = create("alice", 60, 60);
        memory.fail(true);

        List<Uni<?>> calls = List.of(
                service.create(request("alice", 60, 60), "login"),
                service.renew(issued.string(), OptionalLong.empty()),
                service.expire(issued.string()),
                service.expire(issued.token().id()),
                service.expireSubject("alice", OptionalLong.empty(), Optional.empty()),
                service.list("alice", Paging.FIRST));

        assertThat(calls).allSatisfy(call -> assertThatThrownBy(() -> await(call))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageNotContaining(issued.string().value()));
    }

    @Test
    void shouldRestartTheIdleTimeoutByValidationsOnly() {
        IssuedToken issued = await(service.create(idle("alice", 100), "login"));
        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofSeconds(90));
            assertActive(issued);
        }
        clock.advance(Duration.ofSeconds(90));
        assertThat(await(service.read(issued.token().id()))).isInstanceOf(Verdict.Active.class);
        clock.advance(Duration.ofSeconds(10));
        assertInactive(issued);
    }

    @Test
    void shouldRestartTheIdleTimeoutByABatch() {
        IssuedToken issued = await(service.create(idle("alice", 100), "login"));
        clock.advance(Duration.ofSeconds(90));
        await(service.validate(List.of(FORGED, issued.string())));
        clock.advance(Duration.ofSeconds(90));

        assertActive(issued);
    }

    @Test
    void shouldRejectAnInvalidRequestBeforeQueryingTheStore() {
        assertThatThrownBy(() -> await(service.create(request("", 60, 60), "login")))
                .isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> await(service.list("", Paging.FIRST))).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> await(service.expireSubject("a\n", OptionalLong.empty(), Optional.empty())))
                .isInstanceOf(InvalidRequestException.class);
        assertThat(store.calls()).isEmpty();
    }

    @Test
    void shouldMintTokensOfOneSubjectWithTheSameTagAndDistinctIds() {
        List<Token> tokens = IntStream.range(0, 20)
                .mapToObj(i -> create("alice", 60, 60).token())
                .toList();

        assertThat(tokens).extracting(token -> token.id().tag()).containsOnly(RoutingTag.ofSubject("alice"));
        assertThat(tokens).extracting(Token::id).doesNotHaveDuplicates();
    }

    @Test
    void shouldRejectAnInvalidConfiguration() {
        TokenSettings noKey = new TokenSettings(Map.of(), Optional.empty(), Duration.ofHours(8), Duration.ofDays(30));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> service(store, noKey))
                .withMessageContaining("tokencache.token.keys");
    }

    private static SubjectNotBefore notBeforeAt(long millis) {
        return new SubjectNotBefore(millis, Durability.AS_CONFIGURED);
    }

    private TokenService service(TokenStore tokens, TokenConfig config) {
        return new TokenService(tokens, config, clock, new SecureRandom(), verdict -> {}, false);
    }

    private IssuedToken create(String sub, long expiresIn, long maxLifetime) {
        return await(service.create(request(sub, expiresIn, maxLifetime), "login"));
    }

    private Token renewed(IssuedToken issued, OptionalLong expiresIn) {
        return ((Renewal.Renewed) await(service.renew(issued.string(), expiresIn))).token();
    }

    private Token active(IssuedToken issued) {
        return ((Verdict.Active) await(service.validate(issued.string()))).token();
    }

    private void assertActive(IssuedToken issued) {
        assertThat(await(service.validate(issued.string()))).isInstanceOf(Verdict.Active.class);
    }

    private void assertInactive(IssuedToken issued) {
        assertThat(await(service.validate(issued.string()))).isEqualTo(Verdict.INACTIVE);
    }

    private static TokenRequest request(String sub, long expiresIn, long maxLifetime) {
        return new TokenRequest(
                sub,
                OptionalLong.of(expiresIn),
                OptionalLong.of(maxLifetime),
                OptionalLong.empty(),
                null,
                null,
                null,
                null);
    }

    private static TokenRequest idle(String sub, long idleTimeout) {
        OptionalLong none = OptionalLong.empty();
        return new TokenRequest(sub, none, none, OptionalLong.of(idleTimeout), null, null, null, null);
    }

    private static TokenRequest foreign(String sub, TokenString token) {
        OptionalLong none = OptionalLong.empty();
        return new TokenRequest(sub, none, none, none, null, null, null, token);
    }

    private static <T extends @Nullable Object> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(60));
    }
}
