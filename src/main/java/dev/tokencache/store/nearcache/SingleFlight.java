package dev.tokencache.store.nearcache;

import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * The questions that are under way: whoever asks the same waits for the same answer, as long as that is as good as one to
 * a question of its own. Thread-safe.
 */
final class SingleFlight {

    private final VerdictCache cache;
    private final Function<CacheLookup, Uni<Verdict>> load;
    private final NearCacheMetrics metrics;
    private final ConcurrentMap<TokenLocator, Flight> underWay = new ConcurrentHashMap<>();

    private record Flight(CacheLookup question, Uni<Verdict> answer) {}

    /** @param load puts a question to the store */
    SingleFlight(VerdictCache cache, Function<CacheLookup, Uni<Verdict>> load, NearCacheMetrics metrics) {
        this.cache = cache;
        this.load = load;
        this.metrics = metrics;
    }

    /** The answer to a question, or to one that was put before it. */
    Uni<Verdict> answer(CacheLookup question) {
        if (!cache.isStillOpen(question)) {
            // The bus is not sure: everybody asks for himself.
            return ask(question);
        }
        Flight flight = underWay.compute(
                question.token(),
                (token, present) ->
                        present != null && cache.isStillOpen(present.question()) ? present : start(question));
        return flight.question() == question ? flight.answer() : join(flight, question);
    }

    private Uni<Verdict> ask(CacheLookup question) {
        metrics.missed();
        return load.apply(question);
    }

    private Flight start(CacheLookup question) {
        return new Flight(
                question,
                Uni.createFrom()
                        .deferred(() -> ask(question))
                        .onTermination()
                        .invoke(() -> landed(question))
                        .memoize()
                        .indefinitely());
    }

    private void landed(CacheLookup question) {
        underWay.computeIfPresent(
                question.token(), (token, present) -> present.question() == question ? null : present);
    }

    private Uni<Verdict> join(Flight flight, CacheLookup question) {
        metrics.joined();
        Uni<Verdict> answer = here(flight.answer());
        // Another system's token may have been created elsewhere since the other asked.
        return question.token() instanceof TokenLocator.Foreign
                ? answer.chain(verdict -> verdict instanceof Verdict.Inactive
                        ? ask(question)
                        : Uni.createFrom().item(verdict))
                : answer;
    }

    /** The other caller may be on another event loop: this one goes on on its own. */
    private static Uni<Verdict> here(Uni<Verdict> answer) {
        Context context = Vertx.currentContext();
        return context == null ? answer : answer.emitOn(task -> context.runOnContext(here -> task.run()));
    }
}
