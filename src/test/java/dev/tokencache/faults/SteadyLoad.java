package dev.tokencache.faults;

import dev.tokencache.faults.Answer.Kind;
import dev.tokencache.faults.KnownTokens.KnownToken;
import dev.tokencache.faults.KnownTokens.Writable;
import dev.tokencache.testing.Outcome;
import dev.tokencache.testing.ServiceClient;
import dev.tokencache.testing.ServiceClient.Route;
import dev.tokencache.testing.ServiceClient.Written;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/**
 * Validates known tokens in rounds by every route, and creates and expires others. The number of calls per second is
 * fixed and does not depend on how long the answers take, as with real users. Records every answer.
 */
final class SteadyLoad implements AutoCloseable {

    private static final Duration TICK = Duration.ofMillis(20);
    private static final int READS_PER_TICK = 3;
    private static final int TICKS_PER_WRITE = 2;
    private static final List<Route> ROUTES = List.of(Route.values());
    private static final int CREATES_PER_EXPIRY = 3;
    private static final Duration SERVED_FOR = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KnownTokens known;
    private final ServiceClient client;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final Ledger ledger = new Ledger();
    private final Queue<CompletableFuture<?>> calls = new ConcurrentLinkedQueue<>();
    private final AtomicLong readsDone = new AtomicLong();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledFuture<?> ticking;
    private long ticks;
    private int reads;
    private int creates;

    private SteadyLoad(KnownTokens known, ServiceClient client) {
        this.known = known;
        this.client = client;
        this.ticking = clock.scheduleAtFixedRate(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    static SteadyLoad start(KnownTokens known, ServiceClient client) {
        return new SteadyLoad(known, client);
    }

    private void tick() {
        for (int i = 0; i < READS_PER_TICK; i++) {
            read();
        }
        if (ticks++ % TICKS_PER_WRITE == 0) {
            create();
        }
    }

    private void read() {
        KnownToken token = known.tokens().get(reads % known.tokens().size());
        // Each round validates a token by another route.
        int round = reads / known.tokens().size();
        Route route = ROUTES.get((reads + round) % ROUTES.size());
        reads++;
        long start = System.nanoTime();
        calls.add(client.validate(token.token(), route).thenAccept(outcome -> {
            end(Kind.READ, token.shard(), start, outcome);
            readsDone.incrementAndGet();
        }));
    }

    private void create() {
        Writable subject = known.subjects().get(creates % known.subjects().size());
        boolean expireNext = ++creates % CREATES_PER_EXPIRY == 0;
        long start = System.nanoTime();
        calls.add(client.create(subject.sub()).thenAccept(written -> {
            written.token().ifPresent(token -> ledger.created(token, written.isReplicated()));
            if (expireNext) {
                written.token().ifPresent(token -> expire(token, subject.shard()));
            }
            end(Kind.WRITE, subject.shard(), start, written.outcome());
        }));
    }

    private void expire(String token, int shard) {
        ledger.expiring(token);
        long start = System.nanoTime();
        calls.add(client.expire(token).thenAccept(written -> {
            if (isDone(written)) {
                ledger.expired(token);
            }
            end(Kind.WRITE, shard, start, written.outcome());
        }));
    }

    private static boolean isDone(Written written) {
        return written.outcome() == Outcome.SERVED && written.isReplicated();
    }

    private void end(Kind kind, int shard, long start, Outcome outcome) {
        answers.add(new Answer(kind, shard, start, System.nanoTime(), outcome));
    }

    private long inFlight() {
        return calls.stream().filter(call -> !call.isDone()).count();
    }

    /** Waits until every token was validated once more. */
    void awaitRound() {
        long enough = readsDone.get() + known.tokens().size() + inFlight();
        Awaitility.await("a round of all tokens").atMost(PATIENCE).until(() -> readsDone.get() >= enough);
    }

    /** Waits until every shard serves all reads and writes again. Returns false if that takes more than a minute. */
    boolean isSoonServed() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PATIENCE.toNanos()) {
            awaitRound();
            long since = System.nanoTime() - SERVED_FOR.toNanos();
            if (since > start && isServedSince(since)) {
                return true;
            }
        }
        return false;
    }

    /** Whether all calls since then were served, and every shard had both reads and writes. */
    private boolean isServedSince(long sinceNanos) {
        List<Answer> latest = answers.stream()
                .filter(answer -> answer.endNanos() > sinceNanos)
                .toList();
        return latest.stream().allMatch(Answer::isServed)
                && known.shards().stream()
                        .allMatch(shard -> has(latest, shard, Kind.READ) && has(latest, shard, Kind.WRITE));
    }

    private static boolean has(List<Answer> answers, int shard, Kind kind) {
        return answers.stream().anyMatch(answer -> answer.shard() == shard && answer.kind() == kind);
    }

    List<Answer> answers() {
        return List.copyOf(answers);
    }

    Ledger ledger() {
        return ledger;
    }

    /** Sends no more calls. */
    void stop() {
        ticking.cancel(false);
        clock.shutdown();
    }

    /** Sends no more calls and waits for the answers to those in flight. */
    @Override
    public void close() {
        stop();
        Awaitility.await("all answers").atMost(PATIENCE).until(() -> inFlight() == 0);
    }
}
