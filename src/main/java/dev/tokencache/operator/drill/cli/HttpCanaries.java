package dev.tokencache.operator.drill.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.cli.AdminApi;
import dev.tokencache.cli.Retry;
import dev.tokencache.operator.drill.Canaries;
import dev.tokencache.operator.drill.ClusterState;
import dev.tokencache.operator.drill.Scores;
import dev.tokencache.operator.drill.Scores.Kind;
import dev.tokencache.operator.drill.Scores.Violation;
import dev.tokencache.operator.drill.cli.Canary.State;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.token.RoutingTag;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Canaries over the API of the service. The number of calls per second does not depend on how long the answers take. */
final class HttpCanaries implements Canaries {

    private static final Duration TICK = Duration.ofMillis(100);
    private static final int STANDING = 10;
    private static final int MAX_OTHERS = 10;
    private static final int MAX_EXPIRED = 60;
    private static final int BATCH = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final AdminApi api;
    private final String run;
    private final long revocationDelayNanos;
    private final LongSupplier nanos;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Set<CompletableFuture<?>> inFlight = ConcurrentHashMap.newKeySet();
    private final Queue<Canary> canaries = new ConcurrentLinkedQueue<>();
    private final AtomicLong subjects = new AtomicLong();
    private int[] shardOfSlots = {};
    private int shards;
    private Scores scores = new Scores(0);
    private long ticks;

    /**
     * @param run names the subjects
     * @param revocationDelay how long a near cache may still report an expired token as active
     */
    HttpCanaries(AdminApi api, String run, Duration revocationDelay, LongSupplier nanos) {
        this.api = api;
        this.run = run;
        this.revocationDelayNanos = revocationDelay.toNanos();
        this.nanos = nanos;
    }

    @Override
    public void start(ClusterState cluster, Scores judged) {
        scores = judged;
        shardOfSlots = cluster.shardOfSlots();
        shards = cluster.shards().size();
        for (int i = 0; i < shards * STANDING; i++) {
            int status = create(i % shards, true).join();
            if (status != 201) {
                throw new IllegalStateException("the service answers a create with "
                        + (status == 0 ? "nothing" : "status " + status)
                        + "; the caller needs the roles issue, validate, revoke and admin");
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

    private CompletableFuture<Integer> create(int shard, boolean isStanding) {
        String subject = nextSubject(shard);
        return call(shard, Kind.WRITE, "/v1/tokens", body("sub", subject), response -> {
            JsonNode created = json(response);
            if (created.path("replicated").asBoolean(true)) {
                canaries.add(
                        new Canary(shard, slot(subject), created.path("token").asText(), isStanding));
                scores.acknowledged(shard);
            }
        });
    }

    private void validate(Canary canary) {
        long sent = nanos.getAsLong();
        call(canary.shard, Kind.READ, "/v1/tokens/validate", body("token", canary.token), response -> {
            JsonNode verdict = json(response);
            judge(
                    canary,
                    sent,
                    verdict.path("active").asBoolean(),
                    verdict.path("stale").asBoolean());
        });
    }

    private void renew(Canary canary) {
        long sent = nanos.getAsLong();
        call(
                canary.shard,
                Kind.WRITE,
                "/v1/tokens/renew",
                body("token", canary.token),
                response -> judge(canary, sent, response.statusCode() != 404, true));
    }

    private void expireOldest(int shard) {
        List<Canary> others = of(shard, State.LIVE).stream()
                .filter(canary -> !canary.isStanding)
                .toList();
        if (others.size() > MAX_OTHERS) {
            Canary oldest = others.get(0);
            oldest.state = State.ENDING;
            call(shard, Kind.WRITE, "/v1/tokens/expire", body("token", oldest.token), response -> {
                if (!response.headers().firstValue("X-Replicated").orElse("").equals("false")) {
                    oldest.expiredNanos = nanos.getAsLong();
                    oldest.state = State.EXPIRED;
                    scores.acknowledged(shard);
                }
            });
        }
        List<Canary> expired = of(shard, State.EXPIRED);
        canaries.removeAll(expired.subList(0, Math.max(0, expired.size() - MAX_EXPIRED)));
    }

    /** @param isStale whether the service says that a revocation may have been missed */
    private void judge(Canary canary, long sentNanos, boolean isActive, boolean isStale) {
        boolean isWrong = canary.state == State.EXPIRED
                ? isActive && !isStale && sentNanos - canary.expiredNanos > revocationDelayNanos
                : !isActive && canary.state == State.LIVE;
        if (isWrong && canary.isReported.compareAndSet(false, true)) {
            scores.violated(
                    canary.shard,
                    canary.state == State.EXPIRED
                            ? Violation.REVOKED_ACTIVE
                            : canary.isStanding ? Violation.FALSE_INACTIVE : Violation.LOST);
        }
    }

    /** The future has the status; 0 if there was no response. */
    private CompletableFuture<Integer> call(
            int shard, Kind kind, String path, ObjectNode body, Consumer<HttpResponse<String>> onServed) {
        long start = nanos.getAsLong();
        CompletableFuture<Integer> call = api.call(path, body).handle((response, failure) -> {
            int status = failure == null ? response.statusCode() : 0;
            if (status == 503) {
                scores.unknown(shard, kind, start, nanos.getAsLong());
            } else if (status / 100 == 2 || (status == 404 && path.endsWith("/renew"))) {
                onServed.accept(response);
                scores.served(shard, kind, start, nanos.getAsLong());
            } else {
                scores.noResponse(shard);
            }
            return status;
        });
        inFlight.add(call);
        call.whenComplete((status, failure) -> inFlight.remove(call));
        return call;
    }

    private static ObjectNode body(String field, String value) {
        return AdminApi.JSON.createObjectNode().put(field, value);
    }

    private static JsonNode json(HttpResponse<String> response) {
        try {
            return AdminApi.JSON.readTree(response.body());
        } catch (JsonProcessingException notJson) {
            return AdminApi.JSON.createObjectNode();
        }
    }

    /** A new subject whose data is in the shard. */
    private String nextSubject(int shard) {
        while (true) {
            String subject = run + "-" + subjects.getAndIncrement();
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
        long end = nanos.getAsLong() + PATIENCE.toNanos();
        while (!left.isEmpty() && nanos.getAsLong() - end < 0) {
            List<Canary> unknown = new ArrayList<>();
            for (int from = 0; from < left.size(); from += BATCH) {
                unknown.addAll(unknown(left.subList(from, Math.min(left.size(), from + BATCH))));
            }
            left = unknown;
            Retry.sleep(TICK);
        }
        left.forEach(canary -> scores.unchecked(canary.shard));
        await(canaries.stream()
                .map(canary -> api.call("/v1/tokens/expire", body("token", canary.token)))
                .toList());
    }

    private static void await(List<? extends CompletableFuture<?>> calls) {
        CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new))
                .completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(counted -> null)
                .join();
    }

    /** Judges a batch, and returns those without a verdict. */
    private List<Canary> unknown(List<Canary> batch) {
        ObjectNode body = AdminApi.JSON.createObjectNode();
        batch.forEach(canary -> body.withArray("tokens").add(canary.token));
        JsonNode results = api.call("/v1/tokens/validate", body)
                .handle((response, failure) -> failure == null ? json(response).path("results") : body)
                .join();
        List<Canary> unknown = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            JsonNode active = results.path(i).path("active");
            if (active.isBoolean()) {
                judge(batch.get(i), nanos.getAsLong(), active.asBoolean(), false);
            } else {
                unknown.add(batch.get(i));
            }
        }
        return unknown;
    }
}
