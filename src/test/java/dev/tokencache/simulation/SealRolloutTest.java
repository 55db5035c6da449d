package dev.tokencache.simulation;

import dev.tokencache.seal.Seal;
import dev.tokencache.seal.SealSettings;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Paging;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Restoration;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Instances with different seal keys on one cluster: while seals are introduced, and while a key is rotated. */
class SealRolloutTest {

    private static final SimulatedStore SIMULATED = new SimulatedStore();

    private final MutableClock clock = SIMULATED.clock();
    private final TokenStore unsealed = with(Seal.off());
    private final TokenStore opening = with(SealSettings.openingOnly().seal());
    private final TokenStore sealing = with(SealSettings.sealingWith("a").seal());
    private final TokenStore rotated = with(SealSettings.sealingWith("b").seal());
    private final TokenStore required =
            with(SealSettings.sealingWith("b").required(true).seal());
    private final String subject = UUID.randomUUID().toString();

    private TokenStore with(Seal seal) {
        return SIMULATED.of(clock, true, seal);
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(Duration.ofSeconds(60));
    }

    private TokenDraft draft() {
        return TokenDraft.of(subject, clock.millis()).lifetime(600, 3600).idleTimeout(300);
    }

    private static Verdict validate(TokenStore store, NewToken token) {
        return await(store.validate(
                token.isForeign()
                        ? new TokenLocator.Foreign(token.token().id().hash())
                        : new TokenLocator.ById(token.token().id())));
    }

    @Test
    void shouldServeTheSameTokensWithEachSetOfKeys() {
        NewToken before = draft().ours();
        NewToken foreign = draft().foreign();
        await(unsealed.create(before));
        await(unsealed.create(foreign));
        for (TokenStore store : new TokenStore[] {opening, sealing, opening, rotated, sealing, rotated}) {
            NewToken created = draft().ours();
            assertThat(await(store.create(created))).isInstanceOf(Creation.Created.class);
            for (NewToken token : new NewToken[] {before, foreign, created}) {
                assertThat(validate(store, token)).isInstanceOf(Verdict.Active.class);
                assertThat(validate(opening, token)).isInstanceOf(Verdict.Active.class);
            }
        }
        assertThat(await(rotated.list(before.token().id().tag(), Paging.FIRST)).tokens())
                .hasSize(8);
    }

    @Test
    void shouldSealRecordsAndNotBeforeTimesAgain() {
        NewToken ended = draft().ours();
        await(unsealed.create(ended));
        long notBefore = await(unsealed.expireSubject(ended.token().id().tag(), OptionalLong.empty()))
                .notBeforeMillis();
        clock.advance(Duration.ofSeconds(1));
        NewToken kept = draft().ours();
        await(unsealed.create(kept));
        assertThat(validate(required, kept)).isInstanceOf(Verdict.Unknown.class);

        assertThat(validate(rotated, kept)).isInstanceOf(Verdict.Active.class);
        // Other calls take their time meanwhile.
        await(unsealed.create(TokenDraft.of("somebody", clock.millis()).ours()));

        assertThat(validate(required, kept)).isInstanceOf(Verdict.Active.class);
        assertThat(validate(required, ended)).isInstanceOf(Verdict.Inactive.class);
        assertThat(await(required.list(ended.token().id().tag(), Paging.FIRST)).notBeforeMillis())
                .hasValue(notBefore);
    }

    @Test
    void shouldRepeatAWriteThatAnotherKeySealed() {
        NewToken own = draft().ours();
        NewToken foreign = draft().foreign();
        for (NewToken token : new NewToken[] {own, foreign}) {
            assertThat(await(sealing.create(token))).isInstanceOf(Creation.Created.class);
            assertThat(await(rotated.create(token))).isInstanceOf(Creation.Created.class);
            assertThat(await(rotated.restore(token))).isEqualTo(Restoration.RESTORED);
        }
        Token found = ((Verdict.Active) validate(rotated, foreign)).token();
        assertThat(found.sub()).isEqualTo(subject);
    }
}
