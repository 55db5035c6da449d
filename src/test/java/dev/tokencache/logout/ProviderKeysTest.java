package dev.tokencache.logout;

import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jose4j.jwk.JsonWebKey;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ProviderKeysTest {

    private final VirtualTime time = new VirtualTime();
    private final List<UniEmitter<? super List<JsonWebKey>>> reads = new ArrayList<>();
    private final ProviderKeys keys =
            new ProviderKeys("idp", () -> Uni.createFrom().emitter(reads::add), time);

    /** Each answer is another list. */
    private final List<JsonWebKey> first = new ArrayList<>();

    private final List<JsonWebKey> second = new ArrayList<>();

    private static List<List<JsonWebKey>> results(Uni<List<JsonWebKey>> call) {
        List<List<JsonWebKey>> results = new ArrayList<>();
        call.subscribe().with(results::add, failure -> results.add(null));
        return results;
    }

    private void assertUnavailable(Uni<List<JsonWebKey>> call) {
        assertThatThrownBy(() -> call.await().atMost(Duration.ofSeconds(5)))
                .isInstanceOf(StoreUnavailableException.class);
    }

    private void readFirst() {
        List<List<JsonWebKey>> results = results(keys.current());
        reads.get(0).complete(first);
        assertThat(results.get(0)).isSameAs(first);
    }

    @Test
    void shouldReadOnceForAllWhoWait() {
        List<List<JsonWebKey>> one = results(keys.current());
        List<List<JsonWebKey>> other = results(keys.current());
        assertThat(reads).hasSize(1);

        reads.get(0).complete(first);

        assertThat(one.get(0)).isSameAs(first);
        assertThat(other.get(0)).isSameAs(first);
        assertThat(results(keys.current()).get(0)).isSameAs(first);
        assertThat(reads).hasSize(1);
    }

    @Test
    void shouldReadAgainForAnUnknownKey() {
        readFirst();
        time.advance(ProviderKeys.MIN_INTERVAL);

        List<List<JsonWebKey>> newer = results(keys.newerThan(first));
        reads.get(1).complete(second);

        assertThat(newer.get(0)).isSameAs(second);
        // Another token with the first keys is verified with those that were read since.
        assertThat(results(keys.newerThan(first)).get(0)).isSameAs(second);
        assertThat(reads).hasSize(2);
    }

    @Test
    void shouldBoundTheRate() {
        readFirst();

        for (int i = 0; i < 100; i++) {
            assertUnavailable(keys.newerThan(first));
        }

        assertThat(reads).hasSize(1);
    }

    @Test
    void shouldBoundTheRateOfFailures() {
        List<List<JsonWebKey>> results = results(keys.current());
        reads.get(0).fail(new IOException("hunter2"));
        assertThat(results).containsOnlyNulls();
        assertUnavailable(keys.current());

        time.advance(ProviderKeys.MIN_INTERVAL);
        List<List<JsonWebKey>> later = results(keys.current());
        reads.get(1).complete(first);

        assertThat(later.get(0)).isSameAs(first);
    }

    @Test
    void shouldReplaceOldKeys() {
        readFirst();
        time.advance(ProviderKeys.MAX_AGE);

        List<List<JsonWebKey>> current = results(keys.current());
        reads.get(1).complete(second);

        assertThat(current.get(0)).isSameAs(second);
    }

    @Test
    void shouldUseOldKeysIfTheProviderIsUnreachable() {
        readFirst();
        time.advance(ProviderKeys.MAX_AGE);

        List<List<JsonWebKey>> current = results(keys.current());
        reads.get(1).fail(new IOException());

        assertThat(current.get(0)).isSameAs(first);
        assertThat(results(keys.current()).get(0)).isSameAs(first);
    }
}
