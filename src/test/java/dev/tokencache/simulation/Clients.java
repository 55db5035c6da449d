package dev.tokencache.simulation;

import dev.tokencache.simulation.Oracle.Expiry;
import dev.tokencache.simulation.Oracle.KnownToken;
import dev.tokencache.simulation.Oracle.Subject;
import dev.tokencache.token.IssuedToken;
import dev.tokencache.token.TokenRequest;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Callers of all instances: they create, validate, renew and expire random tokens of a few subjects. */
final class Clients {

    private static final int SUBJECTS = 300;
    private static final int TOKENS = 1000;
    private static final Duration MAX_PAUSE_BETWEEN_CALLS = Duration.ofMillis(20);

    /** A read has one deadline; a write may need several calls of the store, each with its own. */
    private static final Duration MAX_READ = Duration.ofMillis(2200);

    private static final Duration MAX_WRITE = Duration.ofMillis(6600);

    private final World world;
    private final Oracle oracle;
    private final Supplier<List<SimulatedService>> services;
    private final RandomGenerator random;
    private final List<Subject> subjects = new ArrayList<>();
    private final List<KnownToken> tokens = new ArrayList<>();
    private long calls;
    private long fullServiceSince = Long.MAX_VALUE;

    /** @param services the instances that run at present */
    Clients(World world, Oracle oracle, Supplier<List<SimulatedService>> services) {
        this.world = world;
        this.oracle = oracle;
        this.services = services;
        this.random = world.random("clients");
        for (int i = 0; i < SUBJECTS; i++) {
            subjects.add(new Subject("subject-" + i));
        }
    }

    void start() {
        world.time().schedule(Duration.ofNanos(random.nextLong(MAX_PAUSE_BETWEEN_CALLS.toNanos())), () -> {
            start();
            List<SimulatedService> running = services.get();
            if (!running.isEmpty()) {
                SimulatedService service = running.get(random.nextInt(running.size()));
                service.process().run(() -> call(service));
            }
        });
    }

    /** From now on, every call must have a known result. */
    void expectFullService() {
        world.log("clients: expect full service");
        fullServiceSince = now();
    }

    long calls() {
        return calls;
    }

    private long now() {
        return world.time().nanoTime();
    }

    private void call(SimulatedService service) {
        int kind = random.nextInt(1000);
        if (tokens.isEmpty() || kind < 60) {
            create(service, subjects.get(random.nextInt(SUBJECTS)));
            return;
        }
        KnownToken token = tokens.get(random.nextInt(tokens.size()));
        if (kind < 860) {
            validate(service, token);
        } else if (kind < 940) {
            renew(service, token);
        } else if (kind < 995) {
            expire(service, token);
        } else {
            expire(service, token.subject());
        }
    }

    private void create(SimulatedService service, Subject subject) {
        long startedAt = now();
        String name = "token-" + calls;
        long lifetime = 5 + random.nextInt(random.nextBoolean() ? 60 : 3600);
        TokenRequest request = new TokenRequest(
                subject.name(),
                OptionalLong.of(lifetime),
                OptionalLong.of(2 * lifetime),
                OptionalLong.empty(),
                null,
                null,
                null,
                null);
        Consumer<IssuedToken> created = issued -> {
            KnownToken token = new KnownToken(name, subject, issued, startedAt, now());
            if (tokens.size() < TOKENS) {
                tokens.add(token);
            } else {
                tokens.set(random.nextInt(TOKENS), token);
            }
        };
        run(
                service,
                "create " + name + " of " + subject.name(),
                MAX_WRITE,
                service.tokens().create(request, "client"),
                created,
                issued -> issued.durability().toString());
    }

    private void validate(SimulatedService service, KnownToken token) {
        long startedAt = now();
        run(
                service,
                "validate " + token.name(),
                MAX_READ,
                service.tokens().validate(token.issued().string()),
                verdict -> {
                    oracle.validated(token, verdict, startedAt);
                    if (verdict instanceof Verdict.Unknown && startedAt >= fullServiceSince) {
                        oracle.violated(token.name() + " is unknown after all faults have ended");
                    }
                },
                Clients::text);
    }

    private static String text(Verdict verdict) {
        return verdict instanceof Verdict.Active active
                ? "ACTIVE " + active.basis()
                : verdict instanceof Verdict.Inactive ? "INACTIVE" : "UNKNOWN";
    }

    private void renew(SimulatedService service, KnownToken token) {
        run(
                service,
                "renew " + token.name(),
                MAX_WRITE,
                service.tokens().renew(token.issued().string(), OptionalLong.empty()),
                renewal -> {
                    if (renewal instanceof Renewal.NotActive) {
                        oracle.notRenewed(token);
                    }
                },
                renewal -> renewal.getClass().getSimpleName());
    }

    private void expire(SimulatedService service, KnownToken token) {
        Expiry expiry = oracle.expiryStarted(token);
        run(
                service,
                "expire " + token.name(),
                MAX_WRITE,
                service.tokens().expire(token.issued().string()),
                durability -> oracle.acknowledged(expiry, durability),
                Object::toString);
    }

    private void expire(SimulatedService service, Subject subject) {
        Expiry expiry = oracle.expiryStarted(subject);
        run(
                service,
                "expire " + subject.name(),
                MAX_WRITE,
                service.tokens().expireSubject(subject.name(), OptionalLong.empty(), Optional.empty()),
                notBefore -> oracle.acknowledged(expiry, notBefore.durability()),
                notBefore -> notBefore.durability().toString());
    }

    /** Runs a call, and checks that it ends in time unless its instance is paused, and has a result after all faults. */
    private <T> void run(
            SimulatedService service,
            String what,
            Duration limit,
            Uni<T> call,
            Consumer<T> onResult,
            Function<T, String> text) {
        long number = ++calls;
        long startedAt = now();
        String name = service.process().name() + ": " + what + " (call " + number + ")";
        int pauses = service.process().pauses();
        boolean[] isOver = {false};
        service.process().schedule(limit, () -> {
            if (!isOver[0] && pauses == service.process().pauses()) {
                oracle.violated(name + " has no result after " + limit.toMillis() + " ms");
            }
        });
        call.subscribe()
                .with(
                        result -> {
                            isOver[0] = true;
                            world.log(name + " -> " + text.apply(result));
                            onResult.accept(result);
                        },
                        failure -> {
                            isOver[0] = true;
                            world.log(name + " -> " + failure);
                            if (startedAt >= fullServiceSince) {
                                oracle.violated(name + " fails after all faults have ended: " + failure);
                            }
                        });
    }
}
