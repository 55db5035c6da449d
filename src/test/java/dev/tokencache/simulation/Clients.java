package dev.tokencache.simulation;

import dev.tokencache.token.Claims;
import dev.tokencache.token.TokenRequest;
import dev.tokencache.token.TokenString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Callers of all instances, which choose random calls on random tokens of a few subjects. New tokens are used more often than old
 * ones, and those that were expired lately are validated again.
 */
final class Clients {

    private static final int SUBJECTS = 300;
    private static final int TOKENS = 1000;

    /** The first subjects have so many tokens that their hashes are large. */
    private static final int BUSY_SUBJECTS = 2;

    private static final int RECENT = 20;
    /** One token of this many is expired right after its creation: a copy of the create may still be underway. */
    private static final int QUICK_EXPIRY = 4;

    private static final int LATELY_EXPIRED = 100;
    private static final int MAX_BATCH = 8;
    private static final int MAX_PAGE = 4;
    /** Of a complete listing, about. */
    private static final int MAX_PAGES = 10;

    private static final int MAX_IDLE_SECONDS = 30;
    private static final Duration REPEAT_DELAY = Duration.ofSeconds(3);
    private static final Duration MAX_PAUSE_BETWEEN_CALLS = Duration.ofMillis(20);
    private static final Duration MAX_FOLLOW_UP = Duration.ofMillis(150);
    private static final Duration WARM_UP = Duration.ofMillis(40);
    private static final Duration MAX_USE = Duration.ofSeconds(10);
    private static final int VALIDATIONS_AROUND_EXPIRY = 8;
    private static final int VALIDATIONS_AFTER_EXPIRY = 5;

    private final World world;
    private final Oracle oracle;
    private final Calls calls;
    private final Supplier<List<SimulatedService>> services;
    private final RandomGenerator random;
    private final List<Subject> subjects = new ArrayList<>();
    private final List<KnownToken> tokens = new ArrayList<>();
    private final Deque<KnownToken> latelyExpired = new ArrayDeque<>();
    /** The tokens of the last writes: what a write did, and what arrives late, shows on them. */
    private final Deque<KnownToken> recent = new ArrayDeque<>();
    /** The tokens of the last expiries that failed. */
    private final Deque<KnownToken> doubtful = new ArrayDeque<>();

    private boolean repeatsWrites;
    private boolean usesTwoStores;
    private boolean checksExpiries;
    private boolean hasStopped;

    /** @param services the instances that run at present */
    Clients(World world, Oracle oracle, Supplier<List<SimulatedService>> services) {
        this.world = world;
        this.oracle = oracle;
        this.calls = new Calls(world, oracle);
        this.services = services;
        this.random = world.random("clients");
        for (int i = 0; i < SUBJECTS; i++) {
            subjects.add(new Subject("subject-" + i));
        }
    }

    void start() {
        world.time().schedule(upTo(MAX_PAUSE_BETWEEN_CALLS), () -> {
            start();
            if (!hasStopped) {
                atAnyInstance(this::call);
            }
        });
    }

    /**
     * Lists no tokens and reads none by its id, since one of two stores may not know. Expires all tokens but one only if the
     * old store can find that one without its string.
     */
    void useTwoStores() {
        usesTwoStores = true;
    }

    /** Validates tokens right after their expiry is acknowledged, too, at any instance. */
    void checkExpiries() {
        checksExpiries = true;
    }

    private void checkSoon(KnownToken token) {
        if (checksExpiries && random.nextBoolean()) {
            after(upTo(MAX_FOLLOW_UP), () -> atAnyInstance(service -> calls.validate(service, token)));
        }
    }

    /** Makes no more calls. */
    void stop() {
        hasStopped = true;
    }

    boolean isFullServiceExpected() {
        return calls.isFullServiceExpected();
    }

    /** From now on, calls may fail. */
    void expectFaults() {
        calls.expectFaults();
        oracle.expectFaults();
    }

    /** The clock of a node was set back. */
    void clockSetBack() {
        oracle.clockSetBack();
    }

    /** From now on, every call must have a known result. */
    void expectFullService() {
        world.log("clients: expect full service");
        calls.expectFullService();
    }

    /** From now on, a renewal or an expiry that fails is repeated until it has a result. */
    void repeatWrites() {
        repeatsWrites = true;
    }

    private void repeat(Consumer<SimulatedService> write) {
        if (repeatsWrites) {
            after(REPEAT_DELAY, () -> {
                if (services.get().isEmpty()) {
                    repeat(write);
                } else {
                    atAnyInstance(write);
                }
            });
        }
    }

    /** Adds a token, which another program may have created. */
    void add(KnownToken token) {
        oracle.received(token);
        tokens.add(token);
        if (tokens.size() > TOKENS) {
            tokens.remove(0);
        }
    }

    List<KnownToken> tokens() {
        return List.copyOf(tokens);
    }

    Subject anySubject(RandomGenerator chosen) {
        return subjects.get(chosen.nextInt(chosen.nextInt(5) == 0 ? BUSY_SUBJECTS : SUBJECTS));
    }

    long calls() {
        return calls.count();
    }

    private Duration upTo(Duration max) {
        return Duration.ofNanos(random.nextLong(max.toNanos()));
    }

    private void atAnyInstance(Consumer<SimulatedService> call) {
        List<SimulatedService> running = services.get();
        if (!running.isEmpty()) {
            at(running.get(random.nextInt(running.size())), call);
        }
    }

    private static void at(SimulatedService service, Consumer<SimulatedService> call) {
        service.process().run(() -> call.accept(service));
    }

    private void call(SimulatedService service) {
        int kind = random.nextInt(1000);
        if (tokens.isEmpty() || kind < 60) {
            create(service);
            return;
        }
        KnownToken token = anyToken();
        if (kind < 640) {
            calls.validate(service, token);
        } else if (kind < 720) {
            calls.validateAll(service, anyTokens(), foreign());
        } else if (kind < 740) {
            calls.validateForeign(service, foreign());
        } else if (kind < 780 && !usesTwoStores) {
            calls.read(service, token);
        } else if (kind < 820 && !usesTwoStores) {
            int size = token.subject().tokens().size();
            calls.list(service, token.subject(), 1 + random.nextInt(MAX_PAGE) + size / MAX_PAGES);
        } else if (kind < 920) {
            renew(service, token, anyLifetime(token));
        } else if (kind < 950) {
            expire(service, token);
        } else if (kind < 980) {
            expireWhileInUse(token);
        } else if (kind < 985 || !canBeKept(token)) {
            expireAll(service, token.subject());
        } else {
            expireOthers(service, token);
        }
    }

    private boolean canBeKept(KnownToken token) {
        return !usesTwoStores || (!token.isOfAnotherProgram() && oracle.isSurelyLive(token));
    }

    private void create(SimulatedService service) {
        Subject subject = anySubject(random);
        long lifetime = 5 + random.nextInt(random.nextBoolean() ? 60 : 3600);
        boolean isIdle = random.nextInt(4) == 0;
        boolean isForeign = random.nextInt(6) == 0;
        String claims = "{\"name\":\"" + random.nextInt(1000) + "\"}";
        TokenRequest request = new TokenRequest(
                subject.name(),
                OptionalLong.of(lifetime),
                OptionalLong.of(2 * lifetime),
                isIdle ? OptionalLong.of(2 + random.nextInt(MAX_IDLE_SECONDS - 1)) : OptionalLong.empty(),
                null,
                null,
                Claims.ofJson(claims.getBytes(StandardCharsets.US_ASCII)),
                isForeign ? foreign() : null);
        calls.create(service, subject, request, created -> {
            add(created);
            remember(recent, created, RECENT);
            if (random.nextInt(QUICK_EXPIRY) == 0) {
                service.process().schedule(Duration.ofMillis(1 + random.nextInt(500)), () -> expire(service, created));
            }
        });
    }

    /** A string that no one used before. */
    private TokenString foreign() {
        return new TokenString("foreign-" + Long.toUnsignedString(random.nextLong()) + "-string");
    }

    private KnownToken anyToken() {
        Deque<KnownToken> written = List.of(latelyExpired, recent, doubtful).get(random.nextInt(3));
        if (!written.isEmpty() && random.nextInt(2) == 0) {
            return written.stream()
                    .skip(random.nextInt(written.size()))
                    .findFirst()
                    .orElseThrow();
        }
        double age = random.nextDouble() * random.nextDouble();
        return tokens.get(tokens.size() - 1 - (int) (tokens.size() * age));
    }

    private List<KnownToken> anyTokens() {
        List<KnownToken> some = new ArrayList<>();
        for (int i = random.nextInt(MAX_BATCH); i >= 0; i--) {
            some.add(anyToken());
        }
        return some;
    }

    private OptionalLong anyLifetime(KnownToken token) {
        return random.nextInt(4) == 0
                ? OptionalLong.of(1 + random.nextLong(2 * token.issued().token().lifetime()))
                : OptionalLong.empty();
    }

    private void renew(SimulatedService service, KnownToken token, OptionalLong lifetime) {
        calls.renew(service, token, lifetime, () -> repeat(other -> renew(other, token, lifetime)));
    }

    private void expire(SimulatedService service, KnownToken token) {
        calls.expire(service, token, () -> checkSoon(token), () -> {
            remember(doubtful, token, RECENT);
            repeat(other -> expire(other, token));
        });
        expired(token);
    }

    private void expireAll(SimulatedService service, Subject subject) {
        calls.expire(service, subject, null, () -> repeat(other -> expireAll(other, subject)));
        subject.tokens().forEach(this::expired);
    }

    private void expireOthers(SimulatedService service, KnownToken kept) {
        calls.expire(
                service,
                kept.subject(),
                kept,
                () -> repeat(other -> {
                    if (canBeKept(kept)) {
                        expireOthers(other, kept);
                    } else {
                        expireAll(other, kept.subject());
                    }
                }));
        kept.subject().tokens().stream().filter(token -> token != kept).forEach(this::expired);
    }

    private void expired(KnownToken token) {
        remember(latelyExpired, token, LATELY_EXPIRED);
    }

    private static void remember(Deque<KnownToken> written, KnownToken token, int max) {
        written.add(token);
        if (written.size() > max) {
            written.remove();
        }
    }

    /**
     * Every near cache knows the token before it is expired, a moment or seconds later, and validates it before, while and
     * after its message arrives.
     */
    private void expireWhileInUse(KnownToken token) {
        Duration delay = random.nextBoolean() ? WARM_UP : WARM_UP.plus(upTo(MAX_USE));
        services.get().forEach(service -> after(upTo(WARM_UP), () -> at(service, here -> calls.validate(here, token))));
        after(delay, () -> atAnyInstance(service -> expire(service, token)));
        for (int i = 0; i < VALIDATIONS_AROUND_EXPIRY; i++) {
            validateAfter(delay.plus(upTo(WARM_UP.dividedBy(1 + random.nextInt(8)))), token);
        }
        for (int i = 0; i < VALIDATIONS_AFTER_EXPIRY; i++) {
            validateAfter(delay.plus(upTo(MAX_USE)), token);
        }
    }

    private void validateAfter(Duration delay, KnownToken token) {
        after(delay, () -> atAnyInstance(service -> calls.validate(service, token)));
    }

    private void after(Duration delay, Runnable task) {
        world.time().schedule(delay, task);
    }
}
