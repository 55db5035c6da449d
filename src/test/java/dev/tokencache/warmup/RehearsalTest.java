package dev.tokencache.warmup;

import dev.tokencache.caller.Caller;
import dev.tokencache.caller.Callers;
import dev.tokencache.caller.CallersConfig;
import dev.tokencache.caller.Role;
import dev.tokencache.store.nearcache.NearCacheConfig;
import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.TokenRequest;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RehearsalTest {

    private record Config(Map<String, CallersConfig.Entry> byId) implements CallersConfig {}

    private record Entry(Optional<String> secretSha256, Optional<List<String>> roles) implements CallersConfig.Entry {}

    private record NearCache(Duration maxAge) implements NearCacheConfig {

        @Override
        public int maxEntries() {
            return 1000;
        }

        @Override
        public Duration staleIfError() {
            return Duration.ZERO;
        }

        @Override
        public boolean publish() {
            return true;
        }
    }

    private final VirtualTime time = new VirtualTime();
    private final InMemoryTokenStore store = new InMemoryTokenStore(time.clock());
    private final List<Verdict> counted = new ArrayList<>();
    private final TokenService service =
            new TokenService(store, TokenSettings.usual(), time.clock(), new SecureRandom(), counted::add, false);
    private final Callers callers = Callers.from(
            new Config(Map.of("web", new Entry(Optional.of("00".repeat(32)), Optional.of(List.of("validate"))))));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private Rehearsal rehearsal(Duration maxAge) {
        return new Rehearsal(service, callers, store, new NearCache(maxAge), Duration.ofSeconds(1), time, registry);
    }

    private List<Verdict> validateEach(List<TokenString> tokens) {
        return tokens.stream()
                .map(token -> service.validate(token).await().indefinitely())
                .toList();
    }

    @Test
    void shouldValidateItsTokensWithoutCountingThem() {
        for (Duration maxAge : List.of(Duration.ZERO, Duration.ofSeconds(5))) {
            try (Rehearsal rehearsal = rehearsal(maxAge)) {
                List<TokenString> tokens = rehearsal.begin(Duration.ofSeconds(1));

                assertThat(tokens).hasSize(Rehearsal.TOKENS);
                assertThat(validateEach(tokens)).allMatch(Verdict.Active.class::isInstance);
                assertThat(service.validate(tokens).await().indefinitely()).allMatch(Verdict.Active.class::isInstance);
                time.advance(Duration.ofSeconds(2));
                assertThat(validateEach(tokens).stream().filter(Verdict.Inactive.class::isInstance))
                        .as("a part expires, so that refusals are rehearsed too")
                        .hasSize(Rehearsal.TOKENS / 8);
            }
        }
        assertThat(counted).isEmpty();
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void shouldValidateAndCountTheTokensOfUsersMeanwhile() {
        TokenString token = service.create(
                        new TokenRequest(
                                "alice",
                                OptionalLong.empty(),
                                OptionalLong.empty(),
                                OptionalLong.empty(),
                                null,
                                null,
                                null,
                                null),
                        "web")
                .await()
                .indefinitely()
                .string();
        try (Rehearsal rehearsal = rehearsal(Duration.ZERO)) {
            List<TokenString> tokens = rehearsal.begin(Duration.ofSeconds(1));

            assertThat(service.validate(token).await().indefinitely()).isInstanceOf(Verdict.Active.class);
            assertThat(service.validate(List.of(tokens.get(0), token)).await().indefinitely())
                    .as("of the service's own token")
                    .last()
                    .isInstanceOf(Verdict.Active.class);
        }
        assertThat(counted).hasSize(3);
    }

    @Test
    void shouldLeaveNoTokenAndNoCallerThatIsAccepted() {
        Rehearsal rehearsal = rehearsal(Duration.ZERO);
        List<TokenString> tokens = rehearsal.begin(Duration.ofSeconds(1));
        assertThat(callers.authenticate(rehearsal.credentials()))
                .map(Caller::roles)
                .hasValueSatisfying(roles -> assertThat(roles).containsExactly(Role.VALIDATE));

        rehearsal.close();

        assertThat(callers.authenticate(rehearsal.credentials())).isEmpty();
        assertThat(validateEach(tokens)).allMatch(Verdict.Inactive.class::isInstance);
    }

    @Test
    void shouldAcceptNothingBeforeItBegins() {
        assertThat(callers.authenticate(rehearsal(Duration.ZERO).credentials())).isEmpty();
    }
}
