package dev.tokencache.store.nearcache;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SingleFlightTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final VirtualTime time = new VirtualTime();
    private final FakeBus bus = new FakeBus();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final NearCacheMetrics metrics = new NearCacheMetrics(meters);
    private final VerdictCache cache = new VerdictCache(Settings.usual(), true, bus, time, metrics);
    private final List<UniEmitter<? super Verdict>> loads = new ArrayList<>();
    private final SingleFlight flights =
            new SingleFlight(cache, lookup -> Uni.createFrom().emitter(loads::add), metrics, time, TIMEOUT);
    private final Token token = TokenDraft.of("alice", time.clock().millis()).token();
    private final Verdict active = new Verdict.Active(token);
    private final List<Object> outcomes = new ArrayList<>();

    private void validate(TokenLocator locator) {
        flights.verdict(cache.lookup(locator)).subscribe().with(outcomes::add, outcomes::add);
    }

    private void validate() {
        validate(new TokenLocator.ById(token.id()));
    }

    @Test
    void shouldShareOneLookupAmongConcurrentCallers() {
        validate();
        validate();
        validate();
        assertThat(loads).hasSize(1);

        loads.get(0).complete(active);
        assertThat(outcomes).containsExactly(active, active, active);
        assertThat(meters.get("tokencache.near.cache.coalesced").counter().count())
                .isEqualTo(2);
    }

    @Test
    void shouldStartANewLookupAfterTheLastOneCompleted() {
        validate();
        loads.get(0).complete(active);

        validate();
        assertThat(loads).hasSize(2);
    }

    @Test
    void shouldShareAFailureAndNotRememberIt() {
        IllegalStateException failure = new IllegalStateException("made to fail by a test");
        validate();
        validate();
        loads.get(0).fail(failure);
        assertThat(outcomes).containsExactly(failure, failure);

        validate();
        loads.get(1).complete(active);
        assertThat(outcomes).endsWith(active);
    }

    @Test
    void shouldNotJoinALookupThatStartedBeforeARevocation() {
        validate();
        cache.revoke(new Revocation.OfToken(token.id().hash()));
        validate();
        assertThat(loads).hasSize(2);
    }

    @Test
    void shouldNotJoinALookupOlderThanMaxAge() {
        validate();
        time.advance(Duration.ofSeconds(10));
        validate();
        assertThat(loads).hasSize(2);
    }

    @Test
    void shouldNotCoalesceWhileTheBusIsUntrusted() {
        bus.hesitate();
        validate();
        validate();
        assertThat(loads).hasSize(2);
    }

    /** Another instance may have created the foreign token after the joined lookup started. */
    @Test
    void shouldRepeatAnInactiveJoinedLookupOfAForeignToken() {
        TokenLocator foreign = new TokenLocator.Foreign(token.id().hash());
        validate(foreign);
        validate(foreign);
        loads.get(0).complete(Verdict.INACTIVE);
        assertThat(loads).hasSize(2);

        loads.get(1).complete(active);
        assertThat(outcomes).containsExactlyInAnyOrder(Verdict.INACTIVE, active);
    }

    @Test
    void shouldNotRepeatALookupAfterTheTimeoutOfItsCall() {
        TokenLocator foreign = new TokenLocator.Foreign(token.id().hash());
        validate(foreign);
        validate(foreign);
        time.advance(TIMEOUT);

        loads.get(0).complete(Verdict.INACTIVE);

        assertThat(loads).hasSize(1);
        assertThat(outcomes).hasSize(2).anyMatch(Verdict.Unknown.class::isInstance);
    }
}
