package dev.tokencache.store.redis;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.token.IssuedToken;
import dev.tokencache.token.TokenRequest;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Two instances on one cluster. The clock of one is five seconds ahead, and that of the other is five seconds behind. */
class ClockSkewIT {

    private static final Duration SKEW = Duration.ofSeconds(5);
    private static final int ROUNDS = 50;

    private static RouterFixture redis;

    private final TokenService ahead = instance(SKEW);
    private final TokenService behind = instance(SKEW.negated());
    private final String sub = "clock-skew-" + UUID.randomUUID();

    @BeforeAll
    static void connect() {
        redis = RouterFixture.of(RedisClusterResource.cluster(), RedisSettings.usual());
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    private static TokenService instance(Duration skew) {
        Clock clock = Clock.offset(Clock.systemUTC(), skew);
        return new TokenService(
                new RedisTokenStore(redis.router(), redis.storeSettings(false), clock, verdict -> {}),
                TokenSettings.usual(),
                clock,
                new SecureRandom(),
                verdict -> {},
                false);
    }

    @ParameterizedTest(name = "the clock of the creator is ahead: {0}")
    @ValueSource(booleans = {true, false})
    void shouldKeepTheOrderOfCreationAndSubjectExpiry(boolean isAhead) {
        TokenService creator = isAhead ? ahead : behind;
        TokenService other = isAhead ? behind : ahead;
        for (int round = 0; round < ROUNDS; round++) {
            TokenString before = create(creator);
            await(other.expireSubject(sub, OptionalLong.empty(), Optional.empty()));
            TokenString after = create(creator);

            for (TokenService instance : List.of(creator, other)) {
                assertThat(verdict(instance, before))
                        .as("before, round %d", round)
                        .isInstanceOf(Verdict.Inactive.class);
                assertThat(verdict(instance, after))
                        .as("after, round %d", round)
                        .isInstanceOf(Verdict.Active.class);
            }
        }
    }

    @ParameterizedTest(name = "the clock of the creator is ahead: {0}")
    @ValueSource(booleans = {true, false})
    void shouldKnowWritesOfTheOtherInstance(boolean isAhead) {
        TokenService creator = isAhead ? ahead : behind;
        TokenService other = isAhead ? behind : ahead;
        TokenString token = create(creator);

        assertThat(verdict(other, token)).isInstanceOf(Verdict.Active.class);
        assertThat(await(other.renew(token, OptionalLong.empty()))).isInstanceOf(Renewal.Renewed.class);
        assertThat(verdict(creator, token)).isInstanceOf(Verdict.Active.class);

        await(other.expire(token));

        assertThat(verdict(creator, token)).isInstanceOf(Verdict.Inactive.class);
        assertThat(await(creator.renew(token, OptionalLong.empty()))).isNotInstanceOf(Renewal.Renewed.class);
        assertThat(verdict(other, token)).isInstanceOf(Verdict.Inactive.class);
    }

    private TokenString create(TokenService instance) {
        IssuedToken issued = await(instance.create(
                new TokenRequest(
                        sub, OptionalLong.of(60), OptionalLong.of(600), OptionalLong.of(30), null, null, null, null),
                "login"));
        return issued.string();
    }

    private static Verdict verdict(TokenService instance, TokenString token) {
        return await(instance.validate(token));
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(Duration.ofSeconds(30));
    }
}
