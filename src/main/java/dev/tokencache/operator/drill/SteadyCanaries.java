package dev.tokencache.operator.drill;

import dev.tokencache.operator.drill.Scores.Kind;
import dev.tokencache.operator.drill.Scores.Violation;
import dev.tokencache.operator.drill.TokenCalls.Answer;
import dev.tokencache.operator.drill.TokenCalls.Operation;
import dev.tokencache.operator.drill.TokenCalls.Status;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.token.RoutingTag;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Steady calls: their number per second does not depend on how long the answers take. */
public final class SteadyCanaries implements Canaries {

    private static final Duration TICK = Duration.ofMillis(100);
    private static final int STANDING = 10;
    private static final int MAX_OTHERS = 10;
    private static final int MAX_EXPIRED = 60;
    private static final int BATCH = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private enum State {
        LIVE,
        /** Its expiry was sent and not acknowledged: either verdict is right. */
        ENDING,
        EXPIRED
    }

    private static final class Canary {
        final int shard;
        final int slot;
        final String token;
        /** Whether it lives during the whole drill. */
        final boolean isStanding;

        final AtomicBoolean isReported = new AtomicBoolean();
        volatile State state = State.LIVE;
        volatile long expiredNanos;

        Canary(int shard, int slot, String token, boolean isStanding) {
            this.shard = shard;
            this.slot = slot;
            this.token = token;
            this.isStanding = isStanding;
        }
    }

    private final TokenCalls calls;
    private final long revocationDelayNanos;
    private final Pace pace;
    private final String subjectPrefix = "drill-" + UUID.randomUUID() + "-";
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Set<CompletionStage<?>> inFlight = ConcurrentHashMap.newKeySet();
    private final Queue<Canary> canaries = new ConcurrentLinkedQueue<>();
    private final AtomicLong subjects = new AtomicLong();
    private int[] shardOfSlots = {};
    private int shards;
    private Scores scores = new Scores(0);
    private long ticks;

    /** @param revocationDelay how long a near cache may still report an expired token as active */
    public SteadyCanaries(TokenCalls calls, Duration revocationDelay, Pace pace) {
        this.calls = calls;
        this.revocationDelayNanos = revocationDelay.toNanos();
        this.pace = pace;
    }

    @Override
    public void start(ClusterState cluster, Scores judged) {
        scores = judged;
        shardOfSlots = cluster.shardOfSlots();
        shards = cluster.shards().size();
        for (int i = 0; i < shards * STANDING; i++) {
            Answer answer = create(i % shards, true).toCompletableFuture().join();
            if (answer.status() != Status.SERVED) {
                throw new IllegalStateException("the service answers a create with " + answer.text());
            }
        }
        clock.scheduleAtFixedRate(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public List<Integer> slots(int shard) {
        return of(shard, State.LIVE).stream()
                .filter(canary -> canary.isStanding)
                .map(canary -> canary.slot)
                .toList();
    }

    private List<Canary> of(int shard, State state) {
        return canaries.stream()
                .filter(canary -> canary.shard == shard && canary.state == state)
                .toList();
    }

    private Optional<Canary> any(int shard, State state) {
        List<Canary> all = of(shard, state);
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(all.get(ThreadLocalRandom.current().nextInt(all.size())));
    }

    private void tick() {
        long tick = ticks++;
        for (int shard = 0; shard < shards; shard++) {
            any(shard, tick % 4 == 3 ? State.EXPIRED : State.LIVE).ifPresent(this::validate);
            if (tick % 4 == 1) {
                create(shard, false);
            }
            if (tick % 10 == 2) {
                any(shard, State.LIVE).ifPresent(this::renew);
            }
            if (tick % 4 == 0) {
                expireOldest(shard);
            }
        }
    }

    private CompletionStage<Answer> create(int shard, boolean isStanding) {
        String subject = nextSubject(shard);
        return measured(shard, Operation.CREATE, subject, answer -> {
            if (answer.isReplicated()) {
                canaries.add(new Canary(shard, slot(subject), answer.text(), isStanding));
                scores.acknowledged(shard);
            }
        });
    }

    private void validate(Canary canary) {
        long sent = pace.nanos();
        measured(canary.shard, Operation.VALIDATE, canary.token, answer -> judge(canary, sent, answer));
    }

    private void renew(Canary canary) {
        long sent = pace.nanos();
        measured(canary.shard, Operation.RENEW, canary.token, answer -> judge(canary, sent, answer));
    }

    private void expireOldest(int shard) {
        List<Canary> others = of(shard, State.LIVE).stream()
                .filter(canary -> !canary.isStanding)
                .toList();
        if (others.size() > MAX_OTHERS) {
            Canary oldest = others.get(0);
            oldest.state = State.ENDING;
            measured(shard, Operation.EXPIRE, oldest.token, answer -> {
                if (answer.isReplicated()) {
                    oldest.expiredNanos = pace.nanos();
                    oldest.state = State.EXPIRED;
                    scores.acknowledged(shard);
                }
            });
        }
        List<Canary> expired = of(shard, State.EXPIRED);
        canaries.removeAll(expired.subList(0, Math.max(0, expired.size() - MAX_EXPIRED)));
    }

    private void judge(Canary canary, long sentNanos, Answer answer) {
        boolean isActive = answer.isActive();
        boolean isWrong = canary.state == State.EXPIRED
                ? isActive && !answer.isStale() && sentNanos - canary.expiredNanos > revocationDelayNanos
                : !isActive && canary.state == State.LIVE;
        if (isWrong && canary.isReported.compareAndSet(false, true)) {
            scores.violated(
                    canary.shard,
                    canary.state == State.EXPIRED
                            ? Violation.REVOKED_ACTIVE
                            : canary.isStanding ? Violation.FALSE_INACTIVE : Violation.LOST);
        }
    }

    private CompletionStage<Answer> measured(int shard, Operation operation, String value, Consumer<Answer> onServed) {
        Kind kind = operation == Operation.VALIDATE ? Kind.READ : Kind.WRITE;
        long start = pace.nanos();
        CompletionStage<Answer> call = calls.call(operation, value).thenApply(answer -> {
            switch (answer.status()) {
                case SERVED -> {
                    onServed.accept(answer);
                    scores.served(shard, kind, start, pace.nanos());
                }
                case UNKNOWN -> scores.unknown(shard, kind, start, pace.nanos());
                case FAILED -> scores.noResponse(shard);
            }
            return answer;
        });
        inFlight.add(call);
        call.whenComplete((answer, failure) -> inFlight.remove(call));
        return call;
    }

    /** A new subject whose data is in the shard. */
    private String nextSubject(int shard) {
        while (true) {
            String subject = subjectPrefix + subjects.getAndIncrement();
            if (shardOfSlots[slot(subject)] == shard) {
                return subject;
            }
        }
    }

    private static int slot(String subject) {
        return HashSlot.of(RoutingTag.ofSubject(subject).value().getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void finish() {
        clock.shutdownNow();
        await(List.copyOf(inFlight));
        List<Canary> left =
                canaries.stream().filter(canary -> canary.state != State.ENDING).toList();
        long end = pace.nanos() + PATIENCE.toNanos();
        while (!left.isEmpty() && pace.nanos() - end < 0) {
            List<Canary> unknown = new ArrayList<>();
            for (int from = 0; from < left.size(); from += BATCH) {
                unknown.addAll(unknown(left.subList(from, Math.min(left.size(), from + BATCH))));
            }
            left = unknown;
            pace.pause(TICK);
        }
        left.forEach(canary -> scores.unchecked(canary.shard));
        await(canaries.stream()
                .map(canary -> calls.call(Operation.EXPIRE, canary.token))
                .toList());
    }

    private static void await(List<? extends CompletionStage<?>> calls) {
        CompletableFuture.allOf(
                        calls.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture<?>[]::new))
                .completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(counted -> null)
                .join();
    }

    /** Judges a batch, and returns those without a verdict. */
    private List<Canary> unknown(List<Canary> batch) {
        Set<Canary> judged = ConcurrentHashMap.newKeySet();
        await(batch.stream()
                .map(canary -> calls.call(Operation.VALIDATE, canary.token).thenAccept(answer -> {
                    if (answer.status() == Status.SERVED) {
                        judge(canary, pace.nanos(), answer);
                        judged.add(canary);
                    }
                }))
                .toList());
        return batch.stream().filter(canary -> !judged.contains(canary)).toList();
    }
}
